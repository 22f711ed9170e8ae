//! The ads of an advertiser or network, as SQLite and PostgreSQL both find them by index.

/// The ads of `$2` (advertiser or network) in analysis `$1`, in brackets. Two questions made one: an `OR` over both columns
/// goes through the whole analysis on SQLite, whose table of members has no row numbers of its own.
macro_rules! members_of {
    () => {
        "(SELECT o.ad_id FROM entity_member o WHERE o.analysis_id = $1 AND o.advertiser = $2 \
         UNION SELECT o.ad_id FROM entity_member o WHERE o.analysis_id = $1 AND o.network = $2)"
    };
}
pub(crate) use members_of;

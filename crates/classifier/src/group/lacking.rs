//! What a detector needs and no ad of the group gives: a reason to abstain, never a silent zero.

use super::GroupContext;
use crate::detectors::Needs;
use domain::Bilingual;

/// Why nothing can be said, where no ad shows what is needed.
pub(super) fn lacking(context: &GroupContext<'_>, needs: Needs) -> Option<Bilingual> {
    let versions = || context.ads.iter().flat_map(|ad| &ad.versions);
    let (there, da, en) = match needs {
        Needs::Contacts => (
            !context.by_contact.is_empty(),
            "Ingen annonce viser et kontaktpunkt, der ikke er dæmpet",
            "No ad shows a contact that is not damped",
        ),
        Needs::Names => {
            (context.ads.iter().any(|ad| ad.persona.is_some()), "Ingen annonce nævner et navn", "No ad gives a name")
        }
        Needs::Ages => (versions().any(|v| !v.ages.is_empty()), "Ingen annonce angiver en alder", "No ad gives an age"),
        Needs::Personas => (
            versions().any(|v| !v.names.is_empty() || !v.ages.is_empty()),
            "Ingen annonce angiver navn eller alder",
            "No ad gives a name or an age",
        ),
        Needs::Prices => {
            (versions().any(|v| !v.prices.is_empty()), "Ingen annonce angiver en pris", "No ad gives a price")
        }
        Needs::Places => (
            context.ads.iter().any(|ad| !ad.stays.is_empty()),
            "Ingen annonce nævner et sted, der kun kan være ét",
            "No ad names a place that can only be one",
        ),
        Needs::Addresses => (
            versions().any(|v| !v.addresses.is_empty()),
            "Ingen annonce angiver en gade og et nummer",
            "No ad gives a street and number",
        ),
        Needs::Images => (
            versions().any(|v| v.images.iter().any(|image| image.pdq.is_some())),
            "Ingen annonce har et billede, der kan sammenlignes",
            "No ad has a picture that can be compared",
        ),
        Needs::Anything => return None,
    };
    (!there).then(|| Bilingual { da: da.to_owned(), en: en.to_owned() })
}

//! Who signs in: an account of each role, and more than one where colleagues meet.

use super::*;

/// Of every account.
pub const PASSWORD: &str = "gul cykel ved havnen";

/// An account of any role that is appointed for the urgent route too.
pub async fn appointed(store: &Store, login: &str, name: &str, role: PersonRole) {
    let account = NewAccount {
        login: login.into(),
        name: name.into(),
        role,
        team: (role == PersonRole::OutreachWorker).then(|| TeamId::from("oest")),
        programme: Some(ProgrammeId::from("initiative-1")),
        organisation: None,
        language: "da".into(),
        urgent_contact: true,
        password_hash: web::password::hash(PASSWORD).unwrap(),
    };
    store.put_account(&account, &Actor::System("test".into()), days_ago(50)).await.unwrap();
}

pub async fn accounts(store: &Store) {
    let hash = web::password::hash(PASSWORD).unwrap();
    for (login, name, role, team, urgent) in [
        ("forsker", "Rikke Forsker", PersonRole::Researcher, None, false),
        ("udpeget", "Ulla Udpeget", PersonRole::Researcher, None, true),
        ("vest", "Vera Vest", PersonRole::OutreachWorker, Some("vest"), false),
        ("viggo", "Viggo Vest", PersonRole::OutreachWorker, Some("vest"), false),
        ("oest", "Oda Øst", PersonRole::OutreachWorker, Some("oest"), false),
        ("admin", "Anders Admin", PersonRole::Administrator, None, false),
        ("revisor", "Rune Revisor", PersonRole::Auditor, None, false),
    ] {
        let account = NewAccount {
            login: login.into(),
            name: name.into(),
            role,
            team: team.map(TeamId::from),
            programme: Some(ProgrammeId::from("initiative-1")),
            organisation: None,
            language: "da".into(),
            urgent_contact: urgent,
            password_hash: hash.clone(),
        };
        store.put_account(&account, &Actor::System("test".into()), days_ago(50)).await.unwrap();
    }
}

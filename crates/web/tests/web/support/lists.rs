//! What people have done: decisions, second readings, the day's list.

use super::*;

/// A decision of `udpeget` on the ordinary case, drawn for a second reading that `forsker` holds: its row.
pub async fn hold_second(world: &World) -> i64 {
    let store = &world.state.store;
    let by = async |login: &str| store.account_by_login(login).await.unwrap().unwrap().id;
    let look = Look {
        actor: Actor::System("test".into()),
        purpose: "test".into(),
        what: "case",
        subject: "case".into(),
        at: now(),
    };
    let version = store.case(&look, &world.ordinary_case).await.unwrap().row.version;
    let decision = Decision {
        kind: DecisionKind::NoConcern,
        reason_code: "several_signs".into(),
        text: "Den første læsers ord".into(),
        change_mind: String::new(),
        until: None,
        refer_to: None,
    };
    let with = DecideWith {
        form: String::new(),
        second: SecondShare { share: 1.0, seed: "s".into() },
        ..DecideWith::default()
    };
    let first = by("udpeget").await;
    store.decide_with(&world.ordinary_case, &decision, version, first, now(), &with).await.unwrap();
    let until = now() + jiff::SignedDuration::from_mins(30);
    let programme = ProgrammeId::from("initiative-1");
    store.claim_second(&programme, by("forsker").await, now(), until).await.unwrap().unwrap().0
}

/// `forsker` decides 'offer outreach' on a case.
async fn offer_outreach(world: &World, case: &CaseId) {
    let store = &world.state.store;
    let by = store.account_by_login("forsker").await.unwrap().unwrap().id;
    let look =
        Look { actor: Actor::Account(by), purpose: "test".into(), what: "case", subject: String::new(), at: now() };
    let version = store.case(&look, case).await.unwrap().row.version;
    let decision = Decision {
        kind: DecisionKind::OfferOutreach,
        reason_code: "several_signs".into(),
        text: String::new(),
        change_mind: String::new(),
        until: None,
        refer_to: None,
    };
    store.decide(case, &decision, version, by, now()).await.unwrap();
}

/// Decides 'offer outreach' on the network and makes the team's list for today through the gate.
pub async fn make_list(world: &World) -> Vec<i64> {
    offer_outreach(world, &world.team_case).await;
    put_list(world).await
}

/// The same for the ordinary advertiser alone: its line.
pub async fn make_ordinary_list(world: &World) -> i64 {
    offer_outreach(world, &world.ordinary_case).await;
    put_list(world).await[0]
}

/// Makes and keeps the list of Team Vest.
pub async fn put_list(world: &World) -> Vec<i64> {
    let state = &world.state;
    let (settings, team) = (&state.settings, &state.settings.teams[0]);
    let date = "2026-11-24".parse().unwrap();
    let view = web::gate::team_view(team, None);
    let list = web::gate::list_for(
        &state.store,
        &state.catalogue,
        &settings.programme,
        &view,
        &settings.outreach.policy,
        date,
        now(),
    )
    .await
    .unwrap();
    let keep = web::gate::to_keep(&list, &settings.programme, now(), now());
    state.store.put_list(&keep, &Actor::System("job:list".into())).await.unwrap();
    let look = Look {
        actor: Actor::System("test".into()),
        purpose: "test".into(),
        what: "list",
        subject: String::new(),
        at: now(),
    };
    let (_, lines) = state.store.list(&look, date, &team.id).await.unwrap().unwrap();
    lines.iter().map(|line| line.id).collect()
}

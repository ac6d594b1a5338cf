//! What support does.

use backstop::{Changes, Prove};

use super::{Counter, Table};
use crate::support::{self, answer, days, email, question};

pub async fn support_case<C: Counter>(table: &mut Table<C>) {
    use backstop::{
        Approve, Link, OpenCase, RefuseCase,
        message::Content,
        support::{Agent, CaseRequest, Evidence},
    };
    let world = table
        .world(|builder| builder.may_act(|_actor, _account| true))
        .await;
    let _alice = world.alice().await;
    let (agent, id) = (
        Agent::named("kim".parse().unwrap()),
        support::account_id("42"),
    );
    let request = || {
        let evidence = Evidence::new(vec!["dms/1".parse().unwrap()]).unwrap();
        CaseRequest::new_email(
            email("alice@new.example"),
            "rules".parse().unwrap(),
            evidence,
        )
    };
    let case_of = |opened| match opened {
        OpenCase::Opened(case) => Some(case),
        _ => None,
    };
    table.skip(&world);
    let opened = world.accounts.open_case(&agent, &id, request()).await;
    table.row(&world, "`open_case`, `approve`, `refuse`", 0);
    let case = case_of(opened.unwrap()).unwrap();
    let refused = world.accounts.refuse(&agent, &case).await.unwrap();
    assert_eq!(refused, RefuseCase::Refused);
    table.same(&world, "`refuse`");
    let opened = world.accounts.open_case(&agent, &id, request()).await;
    let case = case_of(opened.unwrap()).unwrap();
    table.skip(&world);
    let approved = world.accounts.approve(&agent, &case).await;
    assert!(matches!(approved, Ok(Approve::Approved(_))));
    table.same(&world, "`approve`");
    let _read = world.accounts.read_case(&agent, &id).await.unwrap();
    table.row(&world, "`read_case`", 0);
    let _told = world.post().await;
    world.clock.advance(days(3));
    table.skip(&world);
    let post = world.post().await;
    table.row(
        &world,
        "`deliver_due`, the link of a case to a new address",
        0,
    );
    let link: Option<Link> = post.iter().find_map(|mail| match mail.content() {
        Content::SupportLink { link, .. } => link.expose().split_once("#prove=")?.1.parse().ok(),
        _ => None,
    });
    let followed = world.accounts.follow(&link.unwrap(), None).await;
    table.row(&world, "`follow` the link of a case", 0);
    let ticket = match followed.unwrap() {
        Prove::Accepted(ticket) => Some(ticket),
        _ => None,
    };
    let ticket = ticket.unwrap();
    let changes = Changes::new().email().hint(question(), answer("x"));
    let _unproven = world.accounts.apply(&ticket, changes).await.unwrap();
    table.skip(&world);
    let _done = world.accounts.apply(&ticket, Changes::new().email()).await;
    table.row(&world, "`apply` out of a case", 0);
}

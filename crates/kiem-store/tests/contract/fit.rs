//! Scoring the audience: pages, a random part, writing many at once, and how far it is.

use kiem_domain::audience::ActivityVersion;
use kiem_domain::id::{CompanyId, LeadId};
use kiem_store::fit::{self, CompanyFit};
use kiem_store::{args, prospect, testing};
use uuid::Uuid;

use crate::sales::{company, now, pursuit};

/// A company with its id.
fn c(n: u128) -> CompanyId {
    CompanyId(Uuid::from_u128(n))
}

#[tokio::test]
async fn companies_are_read_as_far_as_the_profile_asks() {
    for db in testing::both().await {
        let ws = db.workspace(1, now()).await;
        let other = db.workspace(2, now()).await;
        let mut tx = db.store.begin(other).await.unwrap();
        company(&mut tx, 99).await;
        tx.commit().await.unwrap();
        let mut tx = db.store.begin(ws).await.unwrap();
        for n in 1..=5 {
            company(&mut tx, n).await;
        }
        let facts = "UPDATE company SET sbi_code = '01110', sbi_version = '2025', employees_n = 30, legal_form = 'B.V.',
                         postcode = '3511 AB', country = 'NL', revenue_cents = 100, revenue_currency = 'EUR',
                         site_technologies = 'Shopify', site_words = ''
                     WHERE workspace_id = $1 AND id = $2";
        tx.execute(facts, args![c(3)]).await.unwrap();
        let page = fit::page(&mut tx, Some(c(2)), 2, false).await.unwrap();
        assert_eq!(page.iter().map(|row| row.id).collect::<Vec<_>>(), [c(3), c(4)]);
        let known = page[0].facts();
        assert_eq!(known.activity, Some(("01110", ActivityVersion::V2025)));
        assert_eq!((known.employees_n, known.legal_form), (Some(30), Some("B.V.")));
        assert_eq!((known.postcode, known.country), (Some("3511 AB"), Some("NL")));
        assert_eq!((known.revenue_cents, known.revenue_currency), (Some(100), Some("EUR")));
        assert_eq!(page[1].facts().activity, None);
        assert_eq!((known.technologies, known.site_words), (None, None), "read only when they are asked for");
        let page = fit::page(&mut tx, Some(c(2)), 2, true).await.unwrap();
        let (read, unread) = (page[0].facts(), page[1].facts());
        assert_eq!((read.technologies, read.site_words), (Some("Shopify"), Some("")));
        assert_eq!((unread.technologies, unread.site_words), (None, None), "no site was read");
        // Of 256 parts: the last bytes of these ids are 1 to 5.
        let sample = fit::sample(&mut tx, 3, true).await.unwrap();
        let mut ids: Vec<_> = sample.iter().map(|row| row.id).collect();
        ids.sort();
        assert_eq!(ids, [c(1), c(2)]);
        tx.commit().await.unwrap();
        db.remove().await;
    }
}

#[tokio::test]
async fn customers_who_bought_are_found_once() {
    for db in testing::both().await {
        let ws = db.workspace(1, now()).await;
        let mut tx = db.store.begin(ws).await.unwrap();
        for (n, states) in [(1, &["won", "won"][..]), (2, &["lost"]), (3, &[])] {
            let (firm, contact) = company(&mut tx, n).await;
            let of = pursuit(n, firm, contact);
            prospect::insert(&mut tx, &of).await.unwrap();
            for (i, state) in states.iter().enumerate() {
                tx.execute(
                    "INSERT INTO opportunity (workspace_id, id, prospect_id, company_id, name, state, opened_by,
                         opened_evidence, value_cents, currency, opened_at)
                     VALUES ($1, $2, $3, $4, 'x', $5, 'quote', '', 1, 'EUR', $6)",
                    args![Uuid::from_u128(n * 10 + i as u128), of.id, firm, *state, now()],
                )
                .await
                .unwrap();
            }
        }
        let won = fit::won(&mut tx, 10).await.unwrap();
        assert_eq!(won.iter().map(|row| row.id).collect::<Vec<_>>(), [c(1)]);
        let open = fit::open_pursuits(&mut tx, Some(c(1)), c(2)).await.unwrap();
        assert_eq!(open.iter().map(|(_, of)| *of).collect::<Vec<_>>(), [c(2)]);
        tx.commit().await.unwrap();
        db.remove().await;
    }
}

#[tokio::test]
async fn fits_are_written_many_at_once_and_never_over_newer_facts() {
    for db in testing::both().await {
        let ws = db.workspace(1, now()).await;
        let mut tx = db.store.begin(ws).await.unwrap();
        let fits: Vec<CompanyFit> = {
            let mut fits = Vec::new();
            for n in 1..=1_200 {
                let (id, contact) = company(&mut tx, n).await;
                if n <= 2 {
                    tx.execute(
                        "INSERT INTO lead (workspace_id, id, contact_id, company_id, state, warmth, cycle, needs_look,
                             sort_name, sort_company, fit_score, created_at)
                         VALUES ($1, $2, $3, $4, 'new', 0, 0, FALSE, '', '', -1, $5)",
                        args![LeadId(Uuid::from_u128(n)), contact, id, now()],
                    )
                    .await
                    .unwrap();
                }
                let score = (n % 2 == 0).then_some(70);
                let (known_percent, reasons) = (50, "[1]".to_owned());
                fits.push(CompanyFit { id, score, known_percent, reasons, seen_at: now() });
            }
            fits
        };
        let edited = "UPDATE company SET updated_at = updated_at + 1 WHERE workspace_id = $1 AND id = $2";
        tx.execute(edited, args![c(4)]).await.unwrap();
        assert_eq!(fit::write_companies(&mut tx, &fits).await.unwrap(), 1_199);
        for (n, score, known) in [(1, None, 50), (2, Some(70), 50), (4, None, 0), (1_200, Some(70), 50)] {
            let stored = kiem_store::company::get(&mut tx, c(n)).await.unwrap().unwrap();
            assert_eq!((stored.fit_score, stored.fit_known_percent), (score, known), "{n}");
        }
        let leads = fit::leads(&mut tx, None, c(2)).await.unwrap();
        assert_eq!(
            leads.iter().map(|l| (l.company_id, l.score)).collect::<Vec<_>>(),
            [(c(1), None), (c(2), None)]
        );
        assert_eq!(leads[0].title.as_deref(), Some("Directeur"));
        let written = [(leads[0].id, Some(80), 60), (leads[1].id, None, 0)];
        assert_eq!(fit::write_leads(&mut tx, &written).await.unwrap(), 2);
        let leads = fit::leads(&mut tx, Some(c(0)), c(1)).await.unwrap();
        assert_eq!((leads.len(), leads[0].score, leads[0].known_percent), (1, Some(80), 60));
        assert_eq!(fit::write_leads(&mut tx, &[]).await.unwrap(), 0);
        tx.commit().await.unwrap();
        db.remove().await;
    }
}

#[tokio::test]
async fn a_scoring_says_how_far_it_is_and_begins_anew_with_a_new_version() {
    for db in testing::both().await {
        let ws = db.workspace(1, now()).await;
        let mut tx = db.store.begin(ws).await.unwrap();
        assert_eq!(fit::newest_run(&mut tx).await.unwrap(), None);
        fit::begin_run(&mut tx, 1, 30, now()).await.unwrap();
        fit::advance_run(&mut tx, 1, 10, Some(c(10)), None).await.unwrap();
        fit::advance_run(&mut tx, 1, 20, Some(c(30)), Some(now())).await.unwrap();
        let run = fit::lock_run(&mut tx, 1).await.unwrap().unwrap();
        assert_eq!((run.n_total, run.n_done, run.after, run.finished_at), (30, 30, Some(c(30)), Some(now())));
        fit::begin_run(&mut tx, 2, 31, now()).await.unwrap();
        let run = fit::newest_run(&mut tx).await.unwrap().unwrap();
        assert_eq!((run.profile_version, run.n_total, run.n_done, run.after), (2, 31, 0, None));
        fit::begin_run(&mut tx, 1, 40, now()).await.unwrap();
        let again = fit::lock_run(&mut tx, 1).await.unwrap().unwrap();
        assert_eq!((again.n_total, again.n_done, again.after, again.finished_at), (40, 0, None, None));
        assert_eq!(fit::lock_run(&mut tx, 3).await.unwrap(), None);
        tx.commit().await.unwrap();
        db.remove().await;
    }
}

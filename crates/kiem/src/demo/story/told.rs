//! What happened, as JSON: read from the same API that the page uses.

use std::collections::BTreeMap;

use anyhow::Context as _;
use serde_json::{Value, json};

use crate::demo::player::{Player, text};

/// Adds everything that can be counted to what was done.
pub(super) async fn tell(player: &Player, done: Value) -> anyhow::Result<Value> {
    let mut told = json!({
        "mails": mails_by_state(player).await?,
        "engagements": engagements(player).await?,
        "promotions": promotions(player).await?,
        "prospects": prospects(player).await?,
        "leads": leads(player).await?,
        "opportunities": player.get("/opportunities?state=won").await?["items"],
        "customers": customers(player).await?,
        "suppressions": suppressions(player).await?,
        "inbox": player.get("/inbox/counts").await?,
        "funnel": player.get("/funnel").await?,
    });
    if let (Some(all), Value::Object(done)) = (told.as_object_mut(), done) {
        all.extend(done);
    }
    Ok(told)
}

async fn items(player: &Player, path: &str) -> anyhow::Result<Vec<Value>> {
    let page = player.get(path).await?;
    page["items"].as_array().cloned().with_context(|| format!("{path} has no items"))
}

async fn mails_by_state(player: &Player) -> anyhow::Result<BTreeMap<String, u64>> {
    let mut counts = BTreeMap::new();
    for mail in items(player, "/messages?limit=500").await? {
        *counts.entry(text(&mail, "state")?).or_insert(0) += 1;
    }
    Ok(counts)
}

/// Engagements by kind and grade.
async fn engagements(player: &Player) -> anyhow::Result<BTreeMap<String, BTreeMap<String, i64>>> {
    let mut tx = player.engine.store().read(player.workspace).await?;
    let mut all: BTreeMap<String, BTreeMap<String, i64>> = BTreeMap::new();
    for (kind, grade, n) in kiem_store::engagement::counts(&mut tx).await? {
        all.entry(kind).or_default().insert(grade, n);
    }
    Ok(all)
}

/// Each promotion with its evidence.
async fn promotions(player: &Player) -> anyhow::Result<Vec<Value>> {
    let mut all = Vec::new();
    for line in items(player, "/promotions").await? {
        all.push(player.get(&format!("/promotions/{}", text(&line, "id")?)).await?);
    }
    Ok(all)
}

/// Every pursuit, open or not, with what comes next.
async fn prospects(player: &Player) -> anyhow::Result<Vec<Value>> {
    let mut all = Vec::new();
    for state in ["to_qualify", "in_conversation", "nurture", "won", "lost", "disqualified"] {
        for prospect in items(player, &format!("/prospects?state={state}&limit=100")).await? {
            all.push(json!({
                "company": prospect["company_name"], "state": prospect["state"],
                "reason": prospect["reason_nl"], "nurture_until": prospect["nurture_until"],
                "next_action": prospect["next_action"], "response_due_at": prospect["response_due_at"],
            }));
        }
    }
    Ok(all)
}

/// Every lead with where it stands.
async fn leads(player: &Player) -> anyhow::Result<Vec<Value>> {
    let mut all = Vec::new();
    let promoted = items(player, "/leads?limit=100&state=promoted").await?;
    for line in items(player, "/leads?limit=100").await?.into_iter().chain(promoted) {
        let lead = player.get(&format!("/leads/{}", text(&line, "id")?)).await?;
        all.push(json!({
            "name": lead["contact"]["name"], "email": lead["contact"]["email"], "state": lead["state"],
            "paused_until": lead["paused_until"], "needs_look": lead["needs_look"],
        }));
    }
    Ok(all)
}

async fn customers(player: &Player) -> anyhow::Result<Vec<Value>> {
    Ok(items(player, "/prospects?state=won&limit=50")
        .await?
        .iter()
        .map(|p| p["company_name"].clone())
        .collect())
}

/// Who must never be mailed again, by reason.
async fn suppressions(player: &Player) -> anyhow::Result<BTreeMap<String, u64>> {
    let mut counts = BTreeMap::new();
    for entry in items(player, "/suppressions").await? {
        *counts.entry(text(&entry, "reason")?).or_insert(0) += 1;
    }
    Ok(counts)
}

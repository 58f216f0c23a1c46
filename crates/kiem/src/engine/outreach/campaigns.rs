//! Making and running campaigns.

use kiem_domain::id::{CampaignId, LeadId, MailboxId, StepId, UserId};
use kiem_domain::sequence::{StepKind, TaskChannel};
use kiem_store::campaign::{self, Campaign, Step};
use kiem_store::event::Actor;
use kiem_store::{Tx, mailbox};

use super::WindowSetting;
use super::draft::DraftText;
use super::template;
use crate::engine::jobs::JobKind;
use crate::engine::{Caller, Engine, EngineError, FieldError, Permission, Result};
use crate::messages::{Lang, say};

/// Steps of a sequence at most.
const STEPS_MAX: usize = 30;

/// A campaign as a person describes it.
#[derive(Debug, Clone)]
pub struct CampaignInput {
    /// Name.
    pub name: String,
    /// `nl` or `en`.
    pub language: String,
    /// Mailbox.
    pub mailbox_id: MailboxId,
    /// Sending window.
    pub window: WindowSetting,
}

/// A step as a person describes it.
#[derive(Debug, Clone)]
pub struct StepInput {
    /// The step that it changes; none for a new one.
    pub id: Option<StepId>,
    /// What it does.
    pub kind: StepKind,
    /// Days to wait.
    pub wait_days: Option<i64>,
    /// Subject template.
    pub subject: Option<String>,
    /// Text template.
    pub body: Option<String>,
    /// What a person is asked to do.
    pub task: Option<String>,
    /// How the task reaches somebody; nothing when it reaches nobody.
    pub task_channel: Option<TaskChannel>,
}

/// A campaign with its steps and counts.
#[derive(Debug, Clone)]
pub struct CampaignOverview {
    /// The campaign.
    pub campaign: Campaign,
    /// Its steps.
    pub steps: Vec<Step>,
    /// Enrolments by state.
    pub enrolments: Vec<(String, i64)>,
    /// Messages by state.
    pub messages: Vec<(kiem_store::message::MessageState, i64)>,
}

impl Engine {
    /// All campaigns with their counts; those that were put away only when asked for.
    ///
    /// # Errors
    /// When the role does not allow it or the database fails.
    pub async fn campaigns(&self, caller: &Caller, with_archived: bool) -> Result<Vec<CampaignOverview>> {
        caller.may(Permission::View)?;
        let mut tx = self.store().read(caller.workspace).await?;
        let mut all = Vec::new();
        for campaign in campaign::all(&mut tx, with_archived).await? {
            all.push(overview(&mut tx, campaign).await?);
        }
        Ok(all)
    }

    /// One campaign with its counts.
    ///
    /// # Errors
    /// [`EngineError::NotFound`].
    pub async fn campaign(&self, caller: &Caller, id: CampaignId) -> Result<CampaignOverview> {
        caller.may(Permission::View)?;
        let mut tx = self.store().read(caller.workspace).await?;
        let campaign = campaign::find(&mut tx, id).await?.ok_or(EngineError::NotFound)?;
        overview(&mut tx, campaign).await
    }

    /// Makes a campaign with its steps.
    ///
    /// # Errors
    /// Says which fields are not right.
    pub async fn create_campaign(
        &self,
        caller: &Caller,
        input: &CampaignInput,
        steps: &[StepInput],
    ) -> Result<CampaignId> {
        caller.may(Permission::WorkCampaigns)?;
        let created_by = match caller.actor {
            Actor::User(id) | Actor::Token(id) => UserId(id),
            Actor::System | Actor::Lead => UserId(uuid::Uuid::nil()),
        };
        let mut tx = self.store().begin(caller.workspace).await?;
        self.check_campaign(&mut tx, input, steps).await?;
        let campaign = Campaign {
            id: self.new_id(),
            name: input.name.trim().to_owned(),
            language: input.language.clone(),
            state: "draft".to_owned(),
            mailbox_id: input.mailbox_id,
            sending_window: window_text(&input.window),
            created_by,
            created_at: self.now(),
            started_at: None,
            archived_at: None,
        };
        campaign::insert(&mut tx, &campaign).await?;
        campaign::replace_steps(&mut tx, campaign.id, &self.stored_steps(steps)).await?;
        let detail = serde_json::json!({ "name": campaign.name });
        self.audit(&mut tx, caller, "campaign.created", "campaign", Some(campaign.id.0), &detail).await?;
        tx.commit().await?;
        self.committed(caller.workspace);
        Ok(campaign.id)
    }

    /// Changes a campaign and its steps. Mails that were made stay as they are.
    ///
    /// # Errors
    /// Says which fields are not right; refused when steps that people are in would disappear or move.
    pub async fn update_campaign(
        &self,
        caller: &Caller,
        id: CampaignId,
        input: &CampaignInput,
        steps: &[StepInput],
    ) -> Result<()> {
        caller.may(Permission::WorkCampaigns)?;
        let mut tx = self.store().begin(caller.workspace).await?;
        let campaign = campaign::find(&mut tx, id).await?.ok_or(EngineError::NotFound)?;
        self.check_campaign(&mut tx, input, steps).await?;
        let before = campaign::steps(&mut tx, id).await?;
        let has_people = !campaign::enrolment_counts(&mut tx, id).await?.is_empty();
        let kept = before
            .iter()
            .enumerate()
            .all(|(i, old)| steps.get(i).is_some_and(|new| new.id == Some(old.id) && new.kind == old.kind));
        // People stand at a position: steps may be added at the end and reworded, not shuffled under their feet.
        if has_people && !kept {
            return Err(EngineError::refused("steps_in_use"));
        }
        let changed = Campaign {
            name: input.name.trim().to_owned(),
            language: input.language.clone(),
            mailbox_id: input.mailbox_id,
            sending_window: window_text(&input.window),
            ..campaign
        };
        campaign::update(&mut tx, &changed).await?;
        campaign::replace_steps(&mut tx, id, &self.stored_steps(steps)).await?;
        let detail = serde_json::json!({ "name": changed.name });
        self.audit(&mut tx, caller, "campaign.changed", "campaign", Some(id.0), &detail).await?;
        self.enqueue(&mut tx, JobKind::RemakeDrafts, &id.to_string(), "{}", self.now()).await?;
        tx.commit().await?;
        self.committed(caller.workspace);
        Ok(())
    }

    fn stored_steps(&self, steps: &[StepInput]) -> Vec<Step> {
        steps
            .iter()
            .enumerate()
            .map(|(i, step)| Step {
                id: step.id.unwrap_or_else(|| self.new_id()),
                position: i64::try_from(i).unwrap_or(0),
                kind: step.kind,
                wait_days: step.wait_days,
                subject_template: step.subject.clone(),
                body_template: step.body.clone(),
                task_text: step.task.clone(),
                task_channel: step.task_channel.filter(|_| step.kind == StepKind::Task),
            })
            .collect()
    }

    async fn check_campaign(&self, tx: &mut Tx, input: &CampaignInput, steps: &[StepInput]) -> Result<()> {
        let mut errors = Vec::new();
        if input.name.trim().is_empty() || input.name.chars().count() > 200 {
            errors.push(FieldError::new("name", "required"));
        }
        if input.language.parse::<Lang>().is_err() {
            errors.push(FieldError::new("language", "unknown_choice"));
        }
        if input.window.window().is_none() {
            errors.push(FieldError::new("window", "window"));
        }
        if mailbox::find(tx, input.mailbox_id).await?.is_none() {
            errors.push(FieldError::new("mailbox_id", "unknown_choice"));
        }
        if steps.is_empty() || steps.len() > STEPS_MAX {
            errors.push(FieldError::new("steps", "steps"));
        }
        let mut has_mail = false;
        for (i, step) in steps.iter().enumerate() {
            let blank = |text: &Option<String>| text.as_deref().is_none_or(|t| t.trim().is_empty());
            match step.kind {
                StepKind::Wait if !(1..=365).contains(&step.wait_days.unwrap_or(0)) => {
                    errors.push(FieldError::new(format!("steps.{i}.wait_days"), "wait_days"));
                }
                StepKind::Task if blank(&step.task) => {
                    errors.push(FieldError::new(format!("steps.{i}.task"), "required"));
                }
                StepKind::Mail => {
                    if blank(&step.body) {
                        errors.push(FieldError::new(format!("steps.{i}.body"), "required"));
                    }
                    errors.extend(template_errors(i, step));
                    if !has_mail && blank(&step.subject) {
                        errors.push(FieldError::new(format!("steps.{i}.subject"), "first_subject"));
                    }
                    has_mail = true;
                }
                _ => {}
            }
        }
        if errors.is_empty() { Ok(()) } else { Err(EngineError::Invalid(errors)) }
    }

    /// Starts or goes on with a campaign: drafts for the first step appear in the approval queue.
    ///
    /// # Errors
    /// [`EngineError::Conflict`] when it runs already; refused when the sender's identity is not filled in.
    pub async fn start_campaign(&self, caller: &Caller, id: CampaignId) -> Result<()> {
        caller.may(Permission::WorkCampaigns)?;
        let (_, settings) = self.workspace(caller.workspace).await?;
        if settings.sender_company.trim().is_empty() || settings.postal_address.trim().is_empty() {
            return Err(EngineError::refused("sender_identity"));
        }
        self.move_campaign(caller, id, ["draft", "paused"], "running", "campaign.started").await
    }

    /// Holds a campaign: nothing of it leaves until it goes on.
    ///
    /// # Errors
    /// [`EngineError::Conflict`] when it does not run.
    pub async fn pause_campaign(&self, caller: &Caller, id: CampaignId) -> Result<()> {
        caller.may(Permission::WorkCampaigns)?;
        self.move_campaign(caller, id, ["running", "running"], "paused", "campaign.paused").await
    }

    async fn move_campaign(
        &self,
        caller: &Caller,
        id: CampaignId,
        from: [&str; 2],
        to: &str,
        kind: &str,
    ) -> Result<()> {
        let now = self.now();
        let mut tx = self.store().begin(caller.workspace).await?;
        let found = campaign::find(&mut tx, id).await?.ok_or(EngineError::NotFound)?;
        if found.archived_at.is_some() {
            return Err(EngineError::refused("archived"));
        }
        if !campaign::move_state(&mut tx, id, from, to, now).await? {
            return Err(EngineError::Conflict);
        }
        let mut happened = self.event(caller.actor, kind, "campaign", Some(id.0));
        happened.data = serde_json::json!({ "name": found.name }).to_string();
        self.announce(&mut tx, &happened).await?;
        self.enqueue(&mut tx, JobKind::AdvanceSequences, "all", "{}", now).await?;
        tx.commit().await?;
        self.committed(caller.workspace);
        Ok(())
    }

    /// How a step would read for a lead; nothing is written.
    ///
    /// # Errors
    /// [`EngineError::NotFound`].
    pub async fn preview(
        &self,
        caller: &Caller,
        id: CampaignId,
        step: &StepInput,
        lead: LeadId,
        is_first: bool,
    ) -> Result<DraftText> {
        caller.may(Permission::View)?;
        let mut tx = self.store().read(caller.workspace).await?;
        let context = self.draft_context(&mut tx, id).await?;
        let person = campaign::recipient(&mut tx, lead).await?.ok_or(EngineError::NotFound)?;
        let steps = self.stored_steps(std::slice::from_ref(step));
        let Some(step) = steps.first() else { return Err(EngineError::NotFound) };
        let mut text = self.draft_text(&context, step, &person, self.new_id(), is_first, None);
        if !is_first && text.subject.is_empty() {
            text.problem = None;
        }
        if let Some(block) = self.draft_block(&mut tx, &person).await? {
            text.problem = Some(say(context.lang(), &format!("block.{}", block.reason), &[]));
        }
        Ok(text)
    }
}

/// A mail step that can be filled for nobody: subject and text are judged apart, so that the sentence stands at its field.
fn template_errors(i: usize, step: &StepInput) -> Vec<FieldError> {
    let (subject, body) =
        (step.subject.as_deref().unwrap_or_default(), step.body.as_deref().unwrap_or_default());
    [("subject", template::check(subject, "")), ("body", template::check("", body))]
        .into_iter()
        .filter_map(|(field, checked)| {
            let (code, params) = checked.err()?.sentence();
            Some(FieldError { field: format!("steps.{i}.{field}"), code, params })
        })
        .collect()
}

async fn overview(tx: &mut Tx, campaign: Campaign) -> Result<CampaignOverview> {
    let steps = campaign::steps(tx, campaign.id).await?;
    let enrolments = campaign::enrolment_counts(tx, campaign.id).await?;
    let messages = kiem_store::message::counts(tx, Some(campaign.id)).await?;
    Ok(CampaignOverview { campaign, steps, enrolments, messages })
}

fn window_text(window: &WindowSetting) -> String {
    // A struct of numbers and strings always serialises.
    serde_json::to_string(window).unwrap_or_default()
}

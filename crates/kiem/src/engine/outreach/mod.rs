//! Outreach: campaigns, drafts, approval, and what comes next in a sequence.

pub mod advance;
pub mod approval;
pub mod campaigns;
pub mod compose;
pub mod draft;
pub mod ending;
pub mod enrolling;
pub mod mailboxes;
mod remake;
pub mod template;

use jiff::civil::Time;
use kiem_domain::sequence::SendingWindow;
use kiem_store::campaign::Campaign;
use serde::{Deserialize, Serialize};

/// A sending window as stored and as the API speaks of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WindowSetting {
    /// Days of the week, 1 is Monday.
    pub days: Vec<i8>,
    /// First moment of a day, `HH:MM`.
    pub from: String,
    /// End of a day, `HH:MM`.
    pub to: String,
}

impl Default for WindowSetting {
    fn default() -> Self {
        Self { days: vec![1, 2, 3, 4, 5], from: "09:00".to_owned(), to: "17:00".to_owned() }
    }
}

impl WindowSetting {
    /// The window, when it holds at least one moment.
    pub fn window(&self) -> Option<SendingWindow> {
        let time = |text: &str| -> Option<Time> {
            let (hour, minute) = text.split_once(':')?;
            Time::new(hour.parse().ok()?, minute.parse().ok()?, 0, 0).ok()
        };
        SendingWindow::new(&self.days, time(&self.from)?, time(&self.to)?).ok()
    }
}

/// The window of a campaign. One that cannot be read is the strictest usual one: working hours.
pub fn window_of(campaign: &Campaign) -> SendingWindow {
    serde_json::from_str::<WindowSetting>(&campaign.sending_window)
        .ok()
        .and_then(|setting| setting.window())
        .unwrap_or_else(SendingWindow::working_hours)
}

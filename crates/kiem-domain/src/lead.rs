//! A contact's place in the marketing list.

text_enum! {
    /// Where a lead stands. Whether it is a prospect follows from its promotion, not from this word alone.
    pub enum LeadState {
        /// Never approached.
        New = "new",
        /// A sequence runs or ran, nothing came back yet.
        Approached = "approached",
        /// Waits until a date, because the person asked so or is away.
        Paused = "paused",
        /// The sequence ended without engagement; may be approached again after a pause.
        Resting = "resting",
        /// Became a prospect; sales owns it.
        Promoted = "promoted",
        /// Must not be approached.
        Blocked = "blocked",
    }
}

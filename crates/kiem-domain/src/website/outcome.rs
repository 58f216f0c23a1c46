//! How the reading of one site ended, and what that means for what was known from it before.

crate::text_enum! {
    /// How a reading ended. Everything but [`ReadingOutcome::Read`] says why nothing was read.
    pub enum ReadingOutcome {
        /// At least one page was read.
        Read = "read",
        /// Its address may not be asked.
        Address = "address",
        /// A social network, or a platform that many companies share.
        Platform = "platform",
        /// The name leads to no public address, or nobody answers.
        Unreachable = "unreachable",
        /// It did not answer in time.
        TooSlow = "too_slow",
        /// robots.txt does not allow it.
        Robots = "robots",
        /// robots.txt itself gave an error: then nothing is allowed.
        RobotsUnreadable = "robots_unreadable",
        /// It leads to somebody else's site.
        Elsewhere = "elsewhere",
        /// It leads on and on.
        TooManyRedirects = "too_many_redirects",
        /// Larger than a page may be.
        TooLarge = "too_large",
        /// The site asks to come back later.
        Later = "later",
        /// Another status than 200.
        Status = "status",
        /// No page of text.
        NotHtml = "not_html",
        /// The page reserves itself against machines.
        StopSign = "stop_sign",
        /// The bounds of one reading were reached.
        LimitReached = "limit_reached",
        /// The company has no website that is known.
        NoSite = "no_site",
        /// The workspace practises: nothing leaves the machine.
        Practice = "practice",
        /// The reading broke off: a fault of ours.
        Broken = "broken",
    }
}

impl ReadingOutcome {
    /// Whether what was read before stays. Who asks not to be read any more is forgotten; a site that is out of order today
    /// is not.
    pub const fn keeps_older_facts(self) -> bool {
        !matches!(self, ReadingOutcome::Read | ReadingOutcome::Robots | ReadingOutcome::StopSign)
    }
}

//! Who of ourselves a request comes from. Our own people try links and look at the site; that is no sign of life of a lead.

use std::net::IpAddr;

use kiem_domain::engagement::Actor;
use kiem_domain::engagement::network::IpRange;
use kiem_domain::id::WorkspaceId;
use kiem_store::account::Workspace;

use super::visitor::Visitor;
use crate::engine::settings::settings_of;
use crate::engine::{Engine, EngineError, Result};

/// The networks from which a workspace's own people come.
#[derive(Debug, Clone, Default)]
pub(super) struct OwnNetworks {
    ranges: Vec<IpRange>,
}

impl OwnNetworks {
    /// Those of a workspace. In practice mode there are none: there our own people play the lead.
    pub fn of(workspace: &Workspace) -> Result<OwnNetworks> {
        if workspace.mode == "practice" {
            return Ok(OwnNetworks::default());
        }
        // Checked when they were set: what cannot be read now names nobody.
        let ranges = settings_of(workspace)?.own_networks;
        Ok(OwnNetworks { ranges: ranges.iter().filter_map(|range| IpRange::parse(range)).collect() })
    }

    /// Who comes from an address.
    pub fn actor(&self, ip: Option<IpAddr>) -> Actor {
        let is_own = ip.is_some_and(|ip| self.ranges.iter().any(|range| range.contains(ip)));
        if is_own { Actor::Staff } else { Actor::Lead }
    }
}

impl Engine {
    /// Whether a visitor is logged in as a member of the workspace. In practice mode nobody is: see [`OwnNetworks`].
    pub(super) async fn is_logged_in(&self, workspace: &Workspace, visitor: &Visitor) -> Result<bool> {
        let Some(token) = visitor.log_in.as_deref().filter(|_| workspace.mode != "practice") else {
            return Ok(false);
        };
        match self.session(token).await {
            Ok(session) => self.is_member(session.user, workspace.id).await,
            Err(EngineError::NotLoggedIn) => Ok(false),
            Err(error) => Err(error),
        }
    }

    async fn is_member(&self, user: kiem_domain::id::UserId, workspace: WorkspaceId) -> Result<bool> {
        match self.member_caller(user, Some(workspace)).await {
            Ok(_) => Ok(true),
            Err(EngineError::NotFound) => Ok(false),
            Err(error) => Err(error),
        }
    }
}

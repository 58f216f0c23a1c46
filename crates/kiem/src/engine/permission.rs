//! Who may do what: the one role matrix. Every cell is asserted in the test below.

kiem_domain::text_enum! {
    /// What a member is in a workspace.
    pub enum Role {
        /// Everything, also members and the workspace itself.
        Owner = "owner",
        /// Everything but members with the owner role and the workspace itself.
        Manager = "manager",
        /// Works leads, campaigns and the audience.
        Marketing = "marketing",
        /// Works prospects, deals and the inbox.
        Sales = "sales",
        /// Looks, changes nothing.
        ReadOnly = "read_only",
    }
}

kiem_domain::text_enum! {
    /// A group of operations that belong together.
    pub enum Permission {
        /// See everything in the workspace.
        View = "view",
        /// Import, edit companies, contacts, leads, the ideal customer profile.
        WorkAudience = "work_audience",
        /// Write, approve and run campaigns.
        WorkCampaigns = "work_campaigns",
        /// Answer "needs a look", label replies, override and undo promotions.
        JudgeEngagement = "judge_engagement",
        /// Work prospects, tasks, deals and quotes; write to prospects.
        WorkProspects = "work_prospects",
        /// Suppress an address. Everybody who hears "stop" must be able to act on it.
        Suppress = "suppress",
        /// Change the plan.
        EditPlan = "edit_plan",
        /// Mailboxes, site, booking pages, webhooks, API tokens, rule settings.
        Configure = "configure",
        /// Members and roles, the audit trail.
        ManageMembers = "manage_members",
        /// Rename or change the mode of the workspace, release sending after a restore.
        ManageWorkspace = "manage_workspace",
    }
}

/// The matrix.
pub const fn allowed(role: Role, permission: Permission) -> bool {
    use Permission as P;
    match role {
        Role::Owner => true,
        Role::Manager => !matches!(permission, P::ManageWorkspace),
        Role::Marketing => {
            matches!(
                permission,
                P::View | P::WorkAudience | P::WorkCampaigns | P::JudgeEngagement | P::Suppress
            )
        }
        Role::Sales => {
            matches!(permission, P::View | P::JudgeEngagement | P::WorkProspects | P::Suppress)
        }
        Role::ReadOnly => matches!(permission, P::View),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_cell_of_the_matrix() {
        // Columns: owner, manager, marketing, sales, read_only.
        let matrix = [
            (Permission::View, [true, true, true, true, true]),
            (Permission::WorkAudience, [true, true, true, false, false]),
            (Permission::WorkCampaigns, [true, true, true, false, false]),
            (Permission::JudgeEngagement, [true, true, true, true, false]),
            (Permission::WorkProspects, [true, true, false, true, false]),
            (Permission::Suppress, [true, true, true, true, false]),
            (Permission::EditPlan, [true, true, false, false, false]),
            (Permission::Configure, [true, true, false, false, false]),
            (Permission::ManageMembers, [true, true, false, false, false]),
            (Permission::ManageWorkspace, [true, false, false, false, false]),
        ];
        assert_eq!(matrix.len(), Permission::ALL.len());
        for (permission, row) in matrix {
            for (role, expected) in Role::ALL.iter().zip(row) {
                assert_eq!(allowed(*role, permission), expected, "{role} {permission}");
            }
        }
    }
}

/**
 * Every event type Asana has announced or documented, by category and by the type of resource it is about (`unknown`
 * if neither the documentation nor a sample says), with our own sentence for what happened. Source of the names:
 * https://developers.asana.com/docs/audit-log-events.
 */
export const eventCatalogue = {
  logins: {
    user: {
      user_logged_out: 'Session was ended by logout.',
      user_login_failed: 'Sign-in attempt was rejected.',
      user_login_succeeded: 'Sign-in to an account completed.',
    },
  },
  user_updates: {
    user: {
      domain_user_billing_paused: "Member's seat stopped counting as paid.",
      domain_user_billing_unpaused: "Member's seat counts as paid again.",
      user_csv_import_started: 'Bulk import of users from CSV began.',
      user_deprovisioned: "Member's access to the workspace was taken away.",
      user_forgot_password_started: 'Password recovery link was asked for.',
      user_invited: 'New member invited, or joined automatically.',
      user_password_changed: 'Member set a new password.',
      user_password_reset: 'Password was reset.',
      user_reprovisioned: 'Previously removed member got access back.',
      user_two_factor_auth_disabled: 'Second factor switched off for an account.',
      user_two_factor_auth_enabled: 'Second factor switched on for an account.',
    },
  },
  roles: {
    user: {
      user_division_admin_role_changed: "Member's division admin role changed.",
      user_team_admin_role_changed: "Member's team admin role changed.",
      user_workspace_admin_role_changed: "Member's workspace admin role changed.",
    },
    unknown: {
      custom_role_created: 'Custom role defined.',
      role_permission_changed: 'Permission set of a role changed.',
    },
  },
  apps: {
    team: {
      team_harvest_integration_disabled: 'Harvest time tracking switched off for a team.',
      team_harvest_integration_enabled: 'Harvest time tracking switched on for a team.',
    },
    user: {
      service_account_created: 'Service account created or brought back.',
      service_account_deleted: 'Service account removed.',
      service_account_name_changed: 'Service account renamed.',
      user_app_authorized: 'Member connected an app.',
      user_app_revoked: 'Member disconnected an app.',
      user_personal_access_token_authorized: 'Member created a personal access token.',
      user_personal_access_token_revoked: 'Personal access token withdrawn.',
    },
  },
  access_control: {
    portfolio: {
      portfolio_member_added: 'Person given membership of a portfolio.',
      portfolio_member_removed: "Person's portfolio membership withdrawn.",
    },
    project: {
      project_member_added: 'Person given membership of a project.',
      project_member_removed: "Person's project membership withdrawn.",
      project_privacy_settings_changed: 'Project visibility changed.',
      project_share_link_disabled: 'Join-by-link for a project switched off.',
      project_share_link_enabled: 'Join-by-link for a project switched on.',
      project_view_link_disabled: 'Read-only link for a project switched off.',
      project_view_link_enabled: 'Read-only link for a project switched on.',
    },
    team: {
      team_domain_guest_invite_management_access_level_changed: 'Who may invite guests to a team changed.',
      team_domain_member_invite_management_access_level_changed:
        'Who may invite organisation members to a team changed.',
      team_edit_team_description_access_level_changed: "Who may edit a team's description changed.",
      team_edit_team_name_access_level_changed: 'Who may rename a team changed.',
      team_edit_team_trash_access_level_changed: 'Who may delete a team changed.',
      team_edit_team_type_access_level_changed: "Who may change a team's type changed.",
      team_join_request_created: 'Somebody asked to join a team.',
      team_join_team_request_management_access_level_changed:
        "Who may handle a team's join requests changed.",
      team_member_added: 'Person joined or was put on a team.',
      team_member_removal_access_level_changed: 'Who may remove people from a team changed.',
      team_member_removed: 'Person left or was taken off a team.',
      team_privacy_settings_changed: 'Team visibility changed.',
    },
  },
  admin_settings: {
    workspace: {
      workspace_allowed_ip_range_added: 'IP range put on the allowlist.',
      workspace_allowed_ip_range_changed: 'IP range on the allowlist edited.',
      workspace_allowed_ip_range_removed: 'IP range taken off the allowlist.',
      workspace_app_admin_approval_setting_changed: 'Approval state of one app changed.',
      workspace_app_recipient_emails_changed: 'Recipients of app approval requests changed.',
      workspace_associated_email_domain_added: 'Email domain attached to the workspace.',
      workspace_associated_email_domain_removed: 'Email domain detached from the workspace.',
      workspace_baa_signed: 'Business associate addendum was signed.',
      workspace_create_deprovisioning_project_disabled: 'Hand-over project on member removal switched off.',
      workspace_create_deprovisioning_project_enabled: 'Hand-over project on member removal switched on.',
      workspace_default_session_duration_changed: 'Default session length changed.',
      workspace_default_team_privacy_settings_changed: 'Default visibility for new teams changed.',
      workspace_department_field_editability_changed: 'Whether members may edit departments changed.',
      workspace_deprovisioning_project_include_completed_tasks_disabled:
        'Hand-over project set to leave out finished tasks.',
      workspace_deprovisioning_project_include_completed_tasks_enabled:
        'Hand-over project set to include finished tasks.',
      workspace_deprovisioning_project_recipient_changed: 'Recipient of the hand-over project changed.',
      workspace_file_attachment_options_changed: 'Allowed sources of attachments changed.',
      workspace_force_password_reset: 'Everyone made to reset their password.',
      workspace_form_is_embeddable_forms_disabled: 'Embedding of forms forbidden.',
      workspace_form_is_embeddable_forms_enabled: 'Embedding of forms allowed.',
      workspace_form_link_authentication_required_disabled:
        'Form links no longer need an Asana login by policy.',
      workspace_form_link_authentication_required_enabled: 'Form links made to need an Asana login.',
      workspace_google_sso_settings_changed: 'Google sign-in settings changed.',
      workspace_guest_app_usage_setting_changed: 'Whether guests may use apps changed.',
      workspace_guest_invite_permissions_changed: 'Who may invite guests changed.',
      workspace_guest_pat_usage_setting_changed: 'Whether guests may use personal access tokens changed.',
      workspace_idle_session_duration_changed: 'Idle session length changed.',
      workspace_ip_allowlist_api_traffic_disabled: 'IP allowlist no longer applied to API traffic.',
      workspace_ip_allowlist_disabled: 'IP allowlist switched off.',
      workspace_ip_allowlist_member_type_changed: 'Which kinds of member the IP allowlist covers changed.',
      workspace_job_title_field_editability_changed: 'Whether members may edit job titles changed.',
      workspace_logged_out_view_authentication_required_disabled:
        'Logged-out view links no longer need a login by policy.',
      workspace_logged_out_view_authentication_required_enabled:
        'Logged-out view links made to need a login.',
      workspace_machine_learning_product_feature_changed: 'AI features for the organisation changed.',
      workspace_mobile_app_attachments_sharing_disabled:
        'Attachment download/sharing blocked in the mobile apps.',
      workspace_mobile_app_attachments_sharing_enabled:
        'Attachment download/sharing allowed in the mobile apps.',
      workspace_mobile_app_biometric_authentication_duration_changed:
        'How long a biometric unlock lasts changed.',
      workspace_mobile_app_biometric_authentication_required_disabled:
        'Biometric unlock no longer compulsory on mobile.',
      workspace_mobile_app_biometric_authentication_required_enabled:
        'Biometric unlock made compulsory on mobile.',
      workspace_mobile_app_copy_paste_disabled: 'Copy and paste blocked in the mobile apps.',
      workspace_mobile_app_copy_paste_enabled: 'Copy and paste allowed in the mobile apps.',
      workspace_mobile_app_screen_capture_disabled: 'Screen capture blocked in the mobile apps.',
      workspace_mobile_app_screen_capture_enabled: 'Screen capture allowed in the mobile apps.',
      workspace_mobile_app_widgets_disabled: 'Mobile widgets blocked.',
      workspace_mobile_app_widgets_enabled: 'Mobile widgets allowed.',
      workspace_password_requirements_changed: 'Password strength rule changed.',
      workspace_personal_access_token_disabled: 'Personal access tokens forbidden.',
      workspace_personal_access_token_enabled: 'Personal access tokens allowed.',
      workspace_personal_access_token_expiry_changed: 'Life span of personal access tokens changed.',
      workspace_require_app_approvals_of_type_changed: 'Organisation-wide app approval mode changed.',
      workspace_require_two_factor_auth_disabled: 'Second factor no longer compulsory.',
      workspace_require_two_factor_auth_enabled: 'Second factor made compulsory.',
      workspace_required_sso_provider_settings_changed: 'Which sign-on provider is compulsory changed.',
      workspace_saml_settings_changed: 'SAML settings changed.',
      workspace_saml_url_changed: 'SAML identity provider URL changed.',
      workspace_security_contact_email_changed: 'Security contact address changed.',
      workspace_service_account_token_expiry_changed: 'Life span of service account tokens changed.',
      workspace_share_links_disabled: 'Link sharing forbidden in the workspace (launch-post name).',
      workspace_share_links_enabled: 'Link sharing allowed in the workspace (launch-post name).',
      workspace_trusted_domains_setting_changed: 'Trusted domains setting changed.',
      workspace_view_links_disabled: 'Read-only link sharing forbidden in the workspace.',
      workspace_view_links_enabled: 'Read-only link sharing allowed in the workspace.',
      workspace_wide_reporting_disabled: 'Workspace-wide reporting switched off.',
      workspace_wide_reporting_enabled: 'Workspace-wide reporting switched on.',
    },
    workspace_announcement: {
      workspace_announcement_created: 'Workspace announcement published.',
      workspace_announcement_removed: 'Workspace announcement withdrawn.',
    },
    unknown: {
      ai_studio_addon_type_changed: 'Kind of AI Studio add-on changed.',
    },
  },
  content_export: {
    attachment: {
      attachment_downloaded: 'File attachment was downloaded.',
      workspace_attachment_export_started: 'Export of attachments began.',
    },
    division: {
      division_teams_export_started: "CSV export of a division's teams began.",
    },
    project: {
      project_csv_export_started: 'CSV export of one project began.',
    },
    search: {
      search_report_export_started: 'CSV export of a search report began.',
    },
    workspace: {
      object_export_started: 'Workspace-wide object export began.',
      workspace_export_started: 'Full organisation export began.',
      workspace_members_export_started: "CSV export of the workspace's members began.",
      workspace_teams_export_started: "CSV export of the workspace's teams began.",
    },
    unknown: {
      workspace_audit_log_export_started: 'Export of the audit log itself began.',
    },
  },
  creation: {
    attachment: {
      attachment_uploaded: 'File attachment was added.',
    },
    team: {
      team_created: 'New team came into being.',
    },
  },
  deletion: {
    attachment: {
      attachment_deleted: 'Attachment put in the trash.',
      attachment_undeleted: 'Attachment restored from the trash.',
    },
    custom_field: {
      custom_field_deleted: 'Custom field put in the trash.',
      custom_field_undeleted: 'Custom field restored from the trash.',
    },
    goal: {
      goal_deleted: 'Goal put in the trash.',
      goal_undeleted: 'Goal restored from the trash.',
    },
    message: {
      message_deleted: 'Message put in the trash.',
      message_permanently_deleted: 'Message erased for good.',
      message_undeleted: 'Message restored from the trash.',
    },
    portfolio: {
      portfolio_deleted: 'Portfolio put in the trash.',
      portfolio_undeleted: 'Portfolio restored from the trash.',
    },
    project: {
      project_deleted: 'Project put in the trash.',
      project_undeleted: 'Project restored from the trash.',
    },
    project_template: {
      project_template_deleted: 'Project template put in the trash.',
      project_template_undeleted: 'Project template restored from the trash.',
    },
    status_update: {
      status_update_deleted: 'Status update put in the trash.',
      status_update_permanently_deleted: 'Status update erased for good.',
      status_update_undeleted: 'Status update restored from the trash.',
    },
    story: {
      comment_deleted: 'Comment put in the trash.',
      comment_undeleted: 'Comment restored from the trash.',
      story_deleted: 'Story (activity entry) removed.',
      story_undeleted: 'Story (activity entry) restored.',
    },
    task: {
      task_deleted: 'Task put in the trash.',
      task_permanently_deleted: 'Task erased for good.',
      task_undeleted: 'Task restored from the trash.',
    },
    task_template: {
      task_template_deleted: 'Task template put in the trash.',
      task_template_undeleted: 'Task template restored from the trash.',
    },
    team: {
      team_deleted: 'Team put in the trash.',
      team_undeleted: 'Team restored from the trash.',
    },
    unknown: {
      bundle_deleted: 'Bundle (reusable workflow package) removed.',
      bundle_installation_deleted: 'Bundle uninstalled from a project.',
    },
  },
} as const

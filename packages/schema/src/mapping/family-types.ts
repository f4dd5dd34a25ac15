import type { KnownEventType } from '../event/event-types.ts'

type To7 = 1 | 2 | 3 | 4 | 5 | 6 | 7
type To9 = To7 | 8 | 9
type To19 = To9 | 10 | 11 | 12 | 13 | 14 | 15 | 16 | 17 | 18 | 19

/** `L1` to `D8`: the first letter stands for the category. */
export type FamilyId =
  | `L${1 | 2 | 3}`
  | `U${To9}`
  | `R${1 | 2 | 3 | 4}`
  | `A${To7}`
  | `X${To9}`
  | `S${To19}`
  | `E${1 | 2 | 3 | 4}`
  | `C${1 | 2}`
  | `D${To7 | 8}`

/**
 * The event types of each family. One family is one row in every table of this folder. The letter stands for logins,
 * user updates, roles, apps, access control, settings, export, creation or deletion.
 */
export const familyTypes: { readonly [Family in FamilyId]: readonly KnownEventType[] } = {
  L1: ['user_login_succeeded'],
  L2: ['user_login_failed'],
  L3: ['user_logged_out'],
  U1: ['user_invited'],
  U2: ['user_reprovisioned'],
  U3: ['user_deprovisioned'],
  U4: ['user_forgot_password_started'],
  U5: ['user_password_reset', 'user_password_changed'],
  U6: ['user_two_factor_auth_enabled'],
  U7: ['user_two_factor_auth_disabled'],
  U8: ['user_csv_import_started'],
  U9: ['domain_user_billing_paused', 'domain_user_billing_unpaused'],
  R1: ['user_workspace_admin_role_changed'],
  R2: ['user_division_admin_role_changed'],
  R3: ['user_team_admin_role_changed'],
  R4: ['custom_role_created', 'role_permission_changed'],
  A1: ['user_personal_access_token_authorized'],
  A2: ['user_app_authorized'],
  A3: ['user_app_revoked', 'user_personal_access_token_revoked'],
  A4: ['service_account_created'],
  A5: ['service_account_deleted'],
  A6: ['service_account_name_changed'],
  A7: ['team_harvest_integration_enabled', 'team_harvest_integration_disabled'],
  X1: ['team_member_added', 'team_member_removed'],
  X2: ['team_join_request_created'],
  X3: [
    'team_domain_guest_invite_management_access_level_changed',
    'team_domain_member_invite_management_access_level_changed',
    'team_edit_team_description_access_level_changed',
    'team_edit_team_name_access_level_changed',
    'team_edit_team_trash_access_level_changed',
    'team_edit_team_type_access_level_changed',
    'team_join_team_request_management_access_level_changed',
    'team_member_removal_access_level_changed',
  ],
  X4: ['team_privacy_settings_changed'],
  X5: ['project_member_added', 'portfolio_member_added'],
  X6: ['project_member_removed', 'portfolio_member_removed'],
  X7: ['project_privacy_settings_changed'],
  X8: ['project_share_link_enabled', 'project_view_link_enabled'],
  X9: ['project_share_link_disabled', 'project_view_link_disabled'],
  S1: [
    'workspace_saml_settings_changed',
    'workspace_saml_url_changed',
    'workspace_google_sso_settings_changed',
    'workspace_required_sso_provider_settings_changed',
  ],
  S2: ['workspace_require_two_factor_auth_enabled'],
  S3: ['workspace_require_two_factor_auth_disabled'],
  S4: [
    'workspace_password_requirements_changed',
    'workspace_default_session_duration_changed',
    'workspace_idle_session_duration_changed',
    'workspace_personal_access_token_expiry_changed',
    'workspace_service_account_token_expiry_changed',
    'workspace_guest_pat_usage_setting_changed',
  ],
  S5: ['workspace_force_password_reset'],
  S6: ['workspace_personal_access_token_enabled'],
  S7: ['workspace_personal_access_token_disabled'],
  S8: ['workspace_ip_allowlist_disabled', 'workspace_ip_allowlist_api_traffic_disabled'],
  S9: [
    'workspace_allowed_ip_range_added',
    'workspace_allowed_ip_range_changed',
    'workspace_allowed_ip_range_removed',
    'workspace_ip_allowlist_member_type_changed',
  ],
  S10: [
    'workspace_associated_email_domain_added',
    'workspace_associated_email_domain_removed',
    'workspace_trusted_domains_setting_changed',
  ],
  S11: [
    'workspace_guest_invite_permissions_changed',
    'workspace_guest_app_usage_setting_changed',
    'workspace_default_team_privacy_settings_changed',
    'workspace_file_attachment_options_changed',
  ],
  S12: [
    'workspace_share_links_enabled',
    'workspace_view_links_enabled',
    'workspace_logged_out_view_authentication_required_disabled',
    'workspace_form_link_authentication_required_disabled',
    'workspace_form_is_embeddable_forms_enabled',
  ],
  S13: [
    'workspace_share_links_disabled',
    'workspace_view_links_disabled',
    'workspace_logged_out_view_authentication_required_enabled',
    'workspace_form_link_authentication_required_enabled',
    'workspace_form_is_embeddable_forms_disabled',
  ],
  S14: ['workspace_app_admin_approval_setting_changed', 'workspace_require_app_approvals_of_type_changed'],
  S15: [
    'workspace_mobile_app_attachments_sharing_enabled',
    'workspace_mobile_app_copy_paste_enabled',
    'workspace_mobile_app_screen_capture_enabled',
    'workspace_mobile_app_widgets_enabled',
    'workspace_mobile_app_biometric_authentication_required_disabled',
    'workspace_mobile_app_biometric_authentication_duration_changed',
  ],
  S16: [
    'workspace_mobile_app_attachments_sharing_disabled',
    'workspace_mobile_app_copy_paste_disabled',
    'workspace_mobile_app_screen_capture_disabled',
    'workspace_mobile_app_widgets_disabled',
    'workspace_mobile_app_biometric_authentication_required_enabled',
  ],
  S17: [
    'workspace_security_contact_email_changed',
    'workspace_app_recipient_emails_changed',
    'workspace_deprovisioning_project_recipient_changed',
  ],
  S18: [
    'workspace_wide_reporting_enabled',
    'workspace_wide_reporting_disabled',
    'workspace_machine_learning_product_feature_changed',
    'ai_studio_addon_type_changed',
    'workspace_create_deprovisioning_project_enabled',
    'workspace_create_deprovisioning_project_disabled',
    'workspace_deprovisioning_project_include_completed_tasks_enabled',
    'workspace_deprovisioning_project_include_completed_tasks_disabled',
    'workspace_job_title_field_editability_changed',
    'workspace_department_field_editability_changed',
  ],
  S19: ['workspace_announcement_created', 'workspace_announcement_removed', 'workspace_baa_signed'],
  E1: ['workspace_export_started'],
  E2: [
    'workspace_audit_log_export_started',
    'workspace_attachment_export_started',
    'workspace_members_export_started',
    'object_export_started',
  ],
  E3: [
    'workspace_teams_export_started',
    'division_teams_export_started',
    'search_report_export_started',
    'project_csv_export_started',
  ],
  E4: ['attachment_downloaded'],
  C1: ['team_created'],
  C2: ['attachment_uploaded'],
  D1: [
    'task_deleted',
    'task_template_deleted',
    'project_template_deleted',
    'custom_field_deleted',
    'goal_deleted',
    'message_deleted',
    'status_update_deleted',
    'story_deleted',
    'comment_deleted',
    'bundle_deleted',
    'bundle_installation_deleted',
  ],
  D2: ['project_deleted', 'portfolio_deleted'],
  D3: ['task_permanently_deleted', 'message_permanently_deleted', 'status_update_permanently_deleted'],
  D4: ['attachment_deleted'],
  D5: ['team_deleted'],
  D6: ['team_undeleted'],
  D7: ['attachment_undeleted'],
  D8: [
    'task_undeleted',
    'project_undeleted',
    'portfolio_undeleted',
    'goal_undeleted',
    'custom_field_undeleted',
    'message_undeleted',
    'status_update_undeleted',
    'comment_undeleted',
    'story_undeleted',
    'task_template_undeleted',
    'project_template_undeleted',
  ],
}

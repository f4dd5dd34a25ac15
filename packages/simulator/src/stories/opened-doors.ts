import { minute, second } from '../duration.ts'
import { actorOf, atWork, type Story } from './story.ts'

const opened: readonly [type: string, details?: Readonly<Record<string, unknown>>][] = [
  ['workspace_associated_email_domain_added', { new_value: 'example.org' }],
  ['workspace_trusted_domains_setting_changed'],
  ['workspace_guest_invite_permissions_changed', { old_value: 'admins_only', new_value: 'anyone' }],
  ['team_privacy_settings_changed', { new_value: 'public' }],
  ['workspace_form_link_authentication_required_disabled'],
  ['workspace_view_links_enabled'],
  ['project_view_link_enabled'],
  ['workspace_mobile_app_copy_paste_enabled'],
]

/** Settings are opened step by step; nothing is stolen yet. */
export const openedDoors: Story = {
  about:
    'For a project with a supplier, an administrator opens the workspace to people outside, over two days.',
  lasts: 48 * 60 * minute,
  *tell({ admins }, random) {
    const admin = random.pick(admins)
    for (const [type, details = {}] of opened) {
      yield {
        after: random.between(2 * 3_600, 5 * 3_600) * second,
        type,
        actor: actorOf(admin),
        context: atWork(admin),
        details,
      }
    }
  },
}

import { hour, minute } from '../duration.ts'
import { gidFrom } from '../organisation/organisation.ts'
import { actorOf, elsewhere, type Story } from './story.ts'

/** An attacker creates access that belongs to no person. */
export const serviceAccountBackdoor: Story = {
  about: 'A service account is created from a strange address and exports the whole organisation.',
  lasts: 3 * hour,
  *tell({ admins }, random) {
    const admin = random.pick(admins.filter(({ role }) => role === 'super_admin'))
    const account = { gid: gidFrom(random), name: 'Backup robot 2' }
    yield {
      after: 0,
      type: 'service_account_created',
      actor: actorOf(admin),
      context: elsewhere('192.0.2.166'),
      resource: { resource_type: 'user', ...account },
    }
    yield {
      after: random.between(10, 120) * minute,
      type: 'workspace_export_started',
      actor: { actor_type: 'user', ...account },
      context: {
        context_type: 'api',
        api_authentication_method: 'service_account',
        client_ip_address: '192.0.2.166',
        user_agent: 'curl/8.17.0',
      },
    }
  },
}

import { hour, minute, second } from '../duration.ts'
import { actorOf, atWork, elsewhere, type Story, userResource } from './story.ts'

/** A member destroys work on their last day, and signs in again the day after. */
export const departingInsider: Story = {
  about:
    'Before leaving, a member opens a project, trashes and erases work; the account signs in again later.',
  lasts: 72 * hour,
  *tell({ people, admins }, random) {
    const leaver = random.pick(people.filter(({ role }) => role === 'member'))
    const admin = random.pick(admins)
    const by = { actor: actorOf(leaver), context: atWork(leaver) }
    yield { after: 0, type: 'project_view_link_enabled', ...by }
    for (let tasks = 0; tasks < 115; tasks++) {
      yield {
        after: random.between(1, 4) * second,
        type: random.pick(['task_deleted', 'comment_deleted']),
        ...by,
      }
    }
    for (let tasks = 0; tasks < 28; tasks++) {
      yield { after: random.between(3, 15) * second, type: 'task_permanently_deleted', ...by }
    }
    const resource = userResource(leaver)
    yield {
      after: 90 * minute,
      type: 'user_deprovisioned',
      actor: actorOf(admin),
      context: atWork(admin),
      resource,
    }
    yield {
      after: random.between(30, 60) * hour,
      type: 'user_login_succeeded',
      actor: actorOf(leaver),
      context: elsewhere(leaver.home),
      resource,
    }
    yield {
      after: 2 * minute,
      type: 'attachment_downloaded',
      actor: actorOf(leaver),
      context: elsewhere(leaver.home),
    }
  },
}

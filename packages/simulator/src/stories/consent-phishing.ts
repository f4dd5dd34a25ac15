import { minute, second } from '../duration.ts'
import { gidFrom } from '../organisation/organisation.ts'
import { actorOf, atWork, type Story, userResource } from './story.ts'

/** Many members connect a malicious app. */
export const consentPhishing: Story = {
  about: 'An e-mail persuades a dozen members to connect the same unknown app within an hour.',
  lasts: 60 * minute,
  *tell({ people }, random) {
    const details = {
      app_type: 'oauth',
      app_gid: gidFrom(random),
      app_name: 'Asana Calender Sync',
      app_url: 'https://calender.example.net',
    }
    for (const person of people.filter(({ role }) => role === 'member').slice(20, 33)) {
      yield {
        after: random.between(10, 240) * second,
        type: 'user_app_authorized',
        actor: actorOf(person),
        context: atWork(person),
        resource: userResource(person),
        details,
      }
    }
  },
}

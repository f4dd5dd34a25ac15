import { appId } from '../../packages/splunk-input/src/index.ts'

/** What Splunk's packaging reads about the app. */
export function appManifest(version: string): object {
  return {
    schemaVersion: '2.0.0',
    info: {
      title: 'Asana audit log input',
      id: { group: null, name: appId, version },
      author: [{ name: 'The maintainers of asana-audit', email: null, company: null }],
      releaseDate: null,
      description: 'Reads the audit log of Asana workspaces, without losing an event.',
      classification: {
        intendedAudience: 'IT Professionals',
        categories: ['Security, Fraud & Compliance'],
        developmentStatus: 'Production/Stable',
      },
      commonInformationModels: null,
      license: { name: 'Apache-2.0', text: './LICENSES/LICENSE.txt', uri: null },
      privacyPolicy: { name: null, text: null, uri: null },
      releaseNotes: { name: 'README', text: './README.txt', uri: null },
    },
    dependencies: null,
    tasks: null,
    inputGroups: null,
    incompatibleApps: null,
    platformRequirements: null,
    supportedDeployments: ['_standalone', '_distributed'],
    targetWorkloads: ['_forwarders', '_search_heads'],
  }
}

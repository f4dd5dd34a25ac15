/** A setting of an input, beside those that every input of Splunk has (`index`, `host`, `sourcetype`, `interval`, `disabled`). */
export interface Parameter {
  readonly name: string
  /** On the page of the input. */
  readonly title: string
  /** One sentence or two, for the page, the scheme and inputs.conf.spec. */
  readonly about: string
  readonly isRequired?: true
  /** Not on the page: for people who write inputs.conf. */
  readonly isHidden?: true
  /** Before a person has chosen. */
  readonly usual?: string
  /** The values it may have, where they are few. */
  readonly choices?: readonly string[]
}

/** Every parameter of the scheme, in the order of the page. Scheme, inputs.conf.spec and page are made of this table. */
export const parameters: readonly Parameter[] = [
  {
    name: 'account',
    title: 'Account',
    about: 'The account with the token, from the page Configuration.',
    isRequired: true,
  },
  {
    name: 'workspace',
    title: 'Workspace',
    about: 'The gid of the workspace: "Domain ID" in Settings of the admin console of Asana.',
    isRequired: true,
  },
  {
    name: 'since',
    title: 'Since',
    about:
      'Where the first start begins: a date, or an age such as 30d. Asana keeps events for 90 days, and all of them are read by default.',
  },
  {
    name: 'read_again_from',
    title: 'Read again from',
    about:
      'After a change of the filters, or where Splunk has lost events: a date that has passed, or an age such as 2d. Events from then on come again, with the same gid, once for each value that is entered here.',
  },
  {
    name: 'event_types',
    title: 'Event types',
    about: 'Only these, separated by commas, for example user_login_failed, workspace_export_started.',
  },
  {
    name: 'actor_type',
    title: 'Type of actor',
    about: 'Only events of actors of this type; without it, of all.',
    choices: ['user', 'asana', 'asana_support', 'anonymous', 'external_administrator'],
  },
  {
    name: 'actor_gid',
    title: 'Gid of the actor',
    about: 'Only events of this actor.',
  },
  {
    name: 'actor_email',
    title: 'E-mail address of the actor',
    about: 'Only events of this person.',
  },
  {
    name: 'resource_gid',
    title: 'Gid of the resource',
    about: 'Only events about this resource.',
  },
  {
    name: 'people',
    title: 'People',
    about:
      'What happens to the address, name and gid of every person in an event: keep (the default), hash or drop.',
    choices: ['keep', 'hash', 'drop'],
  },
  {
    name: 'drop_fields',
    title: 'Fields to drop',
    about:
      'Paths of fields that are left out, beside details.saml_response, separated by commas, for example context.user_agent.',
  },
  {
    name: 'hash_fields',
    title: 'Fields to hash',
    about: 'Paths of fields that are replaced by a hash with a key, separated by commas.',
  },
  {
    name: 'hash_key_file',
    title: 'File of the key for hashes',
    about:
      'The path of a file with at least 16 bytes on this machine, readable by Splunk. Needed where anything is hashed.',
  },
  {
    name: 'ca_file',
    title: 'File of certificates',
    about:
      'The path of a PEM file with the certificates to trust for Asana, where a proxy opens the connection.',
  },
  {
    name: 'trail',
    title: 'Trail',
    about:
      'For how long splunkd must have taken events before they count as delivered, from 1s to 1h. What is younger at a stop is read again at the next start.',
    usual: '30s',
  },
  {
    name: 'base_url',
    title: 'Address of the API',
    about: 'Only for tests against a stand-in for Asana.',
    isHidden: true,
  },
]

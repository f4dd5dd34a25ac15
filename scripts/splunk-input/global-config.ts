import {
  appId,
  type Parameter,
  parameters,
  restRoot,
  schemeName,
} from '../../packages/splunk-input/src/index.ts'

/** The pages of the app, in the form that Splunk's framework for add-ons (UCC) builds them from. */
export function globalConfig(version: string): object {
  return {
    meta: {
      name: appId,
      restRoot,
      version,
      displayName: 'Asana audit log input',
      schemaVersion: '0.0.10',
      checkForUpdates: false,
      supportedThemes: ['light', 'dark'],
      supportedPythonVersion: ['3.9', '3.13'],
    },
    pages: {
      configuration: {
        title: 'Configuration',
        description: 'Tokens, proxy and Node',
        tabs: [accountTab, proxyTab, nodeTab],
      },
      inputs: {
        title: 'Inputs',
        description: 'One input reads one workspace',
        services: [{ name: schemeName, title: 'Asana workspace', entity: inputEntities() }],
        table: {
          actions: ['edit', 'delete', 'clone'],
          header: ['name', 'workspace', 'account', 'index', 'disabled'].map(column),
          moreInfo: ['name', 'workspace', 'account', 'index', 'disabled', 'since', 'event_types'].map(column),
        },
      },
    },
  }
}

function column(field: string): object {
  const label = parameters.find(({ name }) => name === field)?.title ?? capital(field)
  if (field !== 'disabled') return { label, field }
  return { label: 'Status', field, mapping: { true: 'Inactive', false: 'Active' } }
}

const capital = (text: string): string => `${text.charAt(0).toUpperCase()}${text.slice(1)}`

const text = (field: string, label: string, help: string, more: object = {}): object => ({
  ...{ type: 'text', field, label, help, ...more },
})

const length = (label: string, maxLength: number, minLength = 0): object => ({
  type: 'string',
  errorMsg: `${label}: at most ${maxLength} characters.`,
  minLength,
  maxLength,
})

const nameEntity = (help: string): object => ({
  ...text('name', 'Name', help, { required: true }),
  validators: [
    {
      type: 'regex',
      pattern: '^[a-zA-Z]\\w*$',
      errorMsg: 'Begin with a letter, and use letters, digits and underscores only.',
    },
    length('Name', 100, 1),
  ],
})

const accountTab = {
  name: 'account',
  title: 'Accounts',
  table: { actions: ['edit', 'delete', 'clone'], header: [{ label: 'Name', field: 'name' }] },
  entity: [
    nameEntity('A name of your own for the service account.'),
    // Tokens of service accounts have some 50 characters; nobody promises that.
    text('token', 'Token', 'The token of a service account with the scope "Audit logs".', {
      ...{ required: true, encrypted: true, validators: [length('Token', 4_096, 1)] },
    }),
  ],
}

const port = { type: 'number', range: [1, 65_535], isInteger: true, errorMsg: 'Give a port from 1 to 65535.' }

const proxyTab = {
  name: 'proxy',
  title: 'Proxy',
  entity: [
    { type: 'checkbox', field: 'proxy_enabled', label: 'Enable' },
    {
      type: 'singleSelect',
      field: 'proxy_type',
      label: 'Type',
      defaultValue: 'http',
      options: choices(['http', 'https', 'socks5']),
    },
    text('proxy_url', 'Host', 'Without http:// and without the port.', {
      validators: [
        { type: 'regex', pattern: '^[a-zA-Z0-9.:-]+$', errorMsg: 'Give a name or an address alone.' },
        length('Host', 253),
      ],
    }),
    text('proxy_port', 'Port', 'From 1 to 65535.', { validators: [port] }),
    text('proxy_username', 'Username', 'If the proxy asks for one.', {
      validators: [length('Username', 255)],
    }),
    text('proxy_password', 'Password', 'If the proxy asks for one.', {
      ...{ encrypted: true, validators: [length('Password', 4_096)] },
    }),
  ],
}

const nodeTab = {
  name: 'node',
  title: 'Node',
  entity: [
    text(
      'node_path',
      'Path of Node',
      'Leave it empty on x86-64. Elsewhere, the path of Node 22.19 or later, for example /usr/bin/node; never the Node that Splunk brings.',
      { validators: [{ type: 'regex', pattern: '^/.*$', errorMsg: 'Give a path from the root.' }] },
    ),
  ],
}

function choices(values: readonly string[]): object {
  return {
    disableSearch: true,
    autoCompleteFields: values.map((value) => ({ value, label: value })),
  }
}

function inputEntities(): object[] {
  const index = {
    ...{ type: 'index', field: 'index', label: 'Index', defaultValue: 'default' },
    help: 'Where the events go.',
  }
  const [account, workspace, ...others] = parameters.filter(({ isHidden }) => !isHidden).map(entityOf)
  return [nameEntity('A name of your own for the input.'), account, workspace, index, ...others].filter(
    (entity) => entity !== undefined,
  )
}

function entityOf({ name, title, about, isRequired, usual, choices: values }: Parameter): object {
  const common = {
    ...{ field: name, label: title, help: about, required: isRequired === true },
    ...(usual !== undefined && { defaultValue: usual }),
  }
  if (name === 'account') return { type: 'singleSelect', ...common, options: { referenceName: 'account' } }
  if (values) return { type: 'singleSelect', ...common, options: choices(values) }
  return { type: 'text', ...common, validators: [length(title, 8_192)] }
}

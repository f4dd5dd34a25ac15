// For programs that read settings: checks of files, proxies and tokens, with messages that say what is wrong.
export { asanaTokenProblem } from './asana/asana-token.ts'
export { askedOf, filterMatcher } from './asana/audit-log-filters.ts'
export { asanaBaseUrl } from './asana/audit-log-request.ts'
export { fileVersion } from './files/file-version.ts'
export { isSecretShaped, type NamedPath, namedFile } from './files/named-file.ts'
export { type CertificatePaths, type Certificates, readCertificates } from './files/read-certificates.ts'
export { readSmallFile } from './files/read-small-file.ts'
export { type WrittenCertificates, writtenCertificates } from './files/written-certificates.ts'
export { type NoProxy, noProxy } from './http/proxy/no-proxy.ts'
export { noProxyAddress, proxyAddress } from './http/proxy/proxy-address.ts'
export { proxyTo } from './http/proxy/proxy-to.ts'
export { readFlag } from './options/read-flag.ts'
export { readWord } from './options/read-word.ts'
export { type Environment, type SettingProblem, settingOf } from './options/setting-problem.ts'
export {
  pathVariable,
  shortName,
  variable,
  type WrittenPath,
  type WrittenSetting,
} from './options/written-setting.ts'
export { type FoundSecret, readSecret, secretFileProblem, type WrittenSecret } from './secrets/read-secret.ts'
export { type Command, commandOf, secretCommand } from './secrets/secret-command.ts'
export { secretFile } from './secrets/secret-file.ts'
export { rememberedMs, sourceDefaults } from './source/source-options.ts'
export {
  isMeantAsAddress,
  isPostgresAddress,
  passwordIn,
  withoutPassword,
} from './state/postgres/connection/address-form.ts'

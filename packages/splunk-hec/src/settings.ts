// For programs with a file of settings of their own: what is written there goes into the place of what the environment says.
export { hecSettingsFromEnv } from './settings/hec-options-from-env.ts'
export { type HecSettings, readHecSettings } from './settings/read-hec-settings.ts'

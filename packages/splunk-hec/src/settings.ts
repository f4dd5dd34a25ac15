// For programs with their own settings file: its values replace those of the environment.
export { hecSettingsFromEnv } from './settings/hec-options-from-env.ts'
export { type HecSettings, readHecSettings } from './settings/read-hec-settings.ts'

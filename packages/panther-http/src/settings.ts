// For programs with their own settings file: its values replace those of the environment.
export { pantherHttpSettingsFromEnv } from './panther-http-options-from-env.ts'
export { type PantherSettings, readPantherSettings } from './read-panther-settings.ts'

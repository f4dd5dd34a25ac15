// For programs with their own settings file: its values replace those of the environment.
export { otlpSettingsFromEnv } from './settings/otlp-options-from-env.ts'
export { type OtlpSettings, type OtlpSignal, readOtlpSettings } from './settings/read-otlp-settings.ts'

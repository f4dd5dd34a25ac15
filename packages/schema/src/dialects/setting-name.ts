/** `password_requirements` of `workspace_password_requirements_changed`. */
export function settingName(eventType: string): string {
  const words = eventType.replace(/^workspace_/, '')
  return words.replace(/_(added|changed|created|disabled|enabled|removed)$/, '') || eventType
}

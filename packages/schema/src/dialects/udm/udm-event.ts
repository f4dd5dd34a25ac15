/** An event of Google's Unified Data Model, with the names that its protobuf has. */
export interface UdmEvent {
  metadata: {
    event_timestamp: string
    collected_timestamp?: string
    event_type: string
    vendor_name: 'Asana'
    product_name: 'Asana'
    product_event_type: string
    product_log_id: string
    /** The gid of the workspace. */
    product_deployment_id?: string
    description: string
  }
  /** Who acted, and from where. */
  principal?: UdmPrincipal
  /** What it was done to. */
  target: UdmTarget
  security_result: [UdmSecurityResult]
  network?: { http: { user_agent: string } }
  extensions?: { auth: UdmAuthentication }
  /** The whole event and its context, under the names of their OTLP attributes. */
  additional: { [name: string]: unknown }
}

export interface UdmPrincipal {
  user?: UdmUser
  ip?: [string]
  /** Where the address is, and its network. */
  ip_geo_artifact?: [UdmArtifact]
  /** The operating system of the client, as its user agent says. */
  platform?: UdmPlatform
  platform_version?: string
  /** The OAuth app that acted for the user. */
  application?: string
}

export type UdmPlatform = 'ANDROID' | 'CHROME_OS' | 'IOS' | 'LINUX' | 'MAC' | 'WINDOWS'

export interface UdmArtifact {
  ip?: string
  location?: UdmLocation
  network?: UdmNetwork
}

export interface UdmLocation {
  city?: string
  /** ISO 3166-2, as `DE-BE`. */
  state?: string
  /** ISO 3166-1, as `DE`. */
  country_or_region?: string
  region_coordinates?: { latitude: number; longitude: number }
}

export interface UdmNetwork {
  /** The number of the autonomous system, without AS. */
  asn?: string
  organization_name?: string
}

export interface UdmTarget {
  application: 'Asana'
  user?: UdmUser
  group?: UdmGroup
  resource?: UdmResource
  resource_ancestors?: UdmResource[]
}

export interface UdmUser {
  /** The e-mail address, which people log in with; without one the gid. */
  userid?: string
  user_display_name?: string
  email_addresses?: [string]
  product_object_id?: string
  attribute?: { roles: [{ name: string }] }
}

export interface UdmGroup {
  group_display_name?: string
  product_object_id?: string
}

export interface UdmResource {
  resource_type?: 'CLOUD_ORGANIZATION' | 'SERVICE_ACCOUNT' | 'SETTING' | 'STORAGE_OBJECT' | 'USER'
  /** Asana's word for it. */
  resource_subtype?: string
  name?: string
  product_object_id?: string
}

export interface UdmSecurityResult {
  summary: string
  severity: 'INFORMATIONAL' | 'LOW' | 'MEDIUM' | 'HIGH' | 'CRITICAL'
  action?: ['ALLOW' | 'BLOCK']
  category?: ['AUTH_VIOLATION']
  /** `old_value` and `new_value` of `details`, if they are texts. */
  detection_fields?: { key: string; value: string }[]
}

export interface UdmAuthentication {
  type: 'SSO' | 'AUTHTYPE_UNSPECIFIED'
  mechanism: ['OTP' | 'MECHANISM_OTHER' | 'MECHANISM_UNSPECIFIED']
  auth_details?: string
  outcome: 'SUCCESS' | 'FAILURE'
}

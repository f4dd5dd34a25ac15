/** The address of a service of AWS in a region. The regions in China have a domain of their own. */
export function awsEndpoint(service: 's3' | 'sts', region: string): string {
  return `https://${service}.${region}.amazonaws.com${region.startsWith('cn-') ? '.cn' : ''}/`
}

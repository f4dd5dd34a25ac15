import { createRandom, type Random } from './random.ts'

export interface Person {
  gid: string
  name: string
  email: string
  role: 'super_admin' | 'admin' | 'member' | 'guest'
  /** Hours ahead of UTC. */
  utcOffset: number
  office: string
  home: string
  browser: string
  desktopApp: string | undefined
  phone: string
}

interface Named {
  gid: string
  name: string
}

export interface Organisation {
  workspace: Named
  domain: string
  people: readonly Person[]
  /** The people who may change settings. */
  admins: readonly Person[]
  serviceAccounts: readonly Named[]
  teams: readonly Named[]
  projects: readonly Named[]
  portfolios: readonly Named[]
  apps: readonly (Named & { url: string })[]
}

// The part of the address before the @, then the name. All are invented.
const names = `
amara.okafor Amara Okafor|liam.whitcombe Liam Whitcombe|zoe.brandt Zoë Brandt|lukasz.wrona Łukasz Wrona
taro.yamada 山田 太郎|sofia.marchetti Sofia Marchetti|oyvind.hauge Øyvind Hauge|priya.raman Priya Raman
jose.alcantara José Alcántara|sergey.volkov Сергей Волков|hannah.lindqvist Hannah Lindqvist|mei.chen 陈 梅
daniel.osei Daniel Osei|fatima.zahra فاطمة الزهراء|noah.petersen Noah Petersen|chloe.dubois Chloé Dubois
kwame.mensah Kwame Mensah|ingrid.solberg Ingrid Solberg|raj.patel Raj Patel|elena.papadaki Έλενα Παπαδάκη
tom.harrow Tom Harrow|ayse.yildiz Ayşe Yıldız|marek.dvorak Marek Dvořák|grace.kimani Grace Kimani
seo-yeon.park 박서연|lucas.ferreira Lucas Ferreira|nora.o-brien Nora O'Brien|ivan.horvat Ivan Horvat
leila.haddad Leila Haddad|peter.vandermeer Peter van der Meer|anna.kowalczyk Anna Kowalczyk|diego.rivas Diego Rivas
julia.nemeth Júlia Németh|samuel.adeyemi Samuel Adeyemi|emma.tremblay Emma Tremblay|hiroshi.sato 佐藤 博
maya.goldstein Maya Goldstein|viktor.lund Viktor Lund|rosa.delgado Rosa Delgado|ben.ashworth Ben Ashworth
thuy.nguyen Nguyễn Thúy|oliver.stein Oliver Stein|katarina.babic Katarina Babić|isaac.mbeki Isaac Mbeki
clara.weiss Clara Weiß|yusuf.demir Yusuf Demir|freya.dahl Freya Dahl|andre.silva André Silva
nadia.petrova Надежда Петрова|george.tan George Tan|helen.murray Helen Murray|omar.farouk Omar Farouk
linnea.berg Linnéa Berg|paul.kessler Paul Kessler|simone.ricci Simone Ricci|arjun.mehta Arjun Mehta
eva.novak Eva Novák|joshua.reed Joshua Reed|tiina.salonen Tiina Salonen|mateo.cruz Mateo Cruz`

const teamNames = [
  'Marketing',
  'Platform',
  'Finance',
  'People & Culture',
  'Legal',
  'Sales EMEA',
  'Design',
  'Support',
]
const projectNames = [
  'Website relaunch',
  'Q4 planning',
  'Payroll migration',
  'SOC 2 evidence',
  'Customer "north star" interviews',
  'Hiring: platform engineers',
  'Büroumzug 2027',
  'Incident reviews',
  '新製品の発表',
  'Vendor contracts',
  'Data warehouse',
  'Onboarding 🚀',
]
const portfolioNames = ['Company goals', 'Security programme', 'Launches']
const accountNames = ['Audit export', 'Backup robot', 'SCIM provisioning']
const appNames = ['Tidewater Calendar', 'Inkwell Notes', 'Lantern BI', 'Zip & Sons Automations']

const chrome = ['Chrome/140.0.0.0', 'Chrome/141.0.0.0', 'Chrome/142.0.0.0']
const computers = ['Macintosh; Intel Mac OS X 10_15_7', 'Windows NT 10.0; Win64; x64', 'X11; Linux x86_64']
const desktopSystems = ['darwin_arm64', 'darwin_x64', 'win32_x64']
const phones = ['AsanaAndroid/9.12.3 (Android 16; phone)', 'AsanaIOS/9.12.1 (iOS 19.1; phone)']

/**
 * An invented company of sixty: three super admins, five admins, four guests from elsewhere. Addresses come from the
 * blocks reserved for documentation (RFC 5737, RFC 3849), domains from RFC 2606: none of them can belong to anybody.
 */
export function createOrganisation(seed: number, workspace: string): Organisation {
  const random = createRandom(`${seed}/organisation`)
  const gid = () => gidFrom(random)
  const named = (name: string): Named => ({ gid: gid(), name })
  const people = names
    .trim()
    .split(/[|\n]/)
    .map((entry, index) => createPerson(entry, index, random))
  return {
    workspace: { gid: workspace, name: 'Northwind Cooperative' },
    domain: 'example.com',
    people,
    admins: people.filter(({ role }) => role === 'super_admin' || role === 'admin'),
    serviceAccounts: accountNames.map(named),
    teams: teamNames.map(named),
    projects: projectNames.map(named),
    portfolios: portfolioNames.map(named),
    apps: appNames.map((name, index) => ({
      ...named(name),
      url: index === 0 ? '' : `https://app${index}.example.net`,
    })),
  }
}

/** A gid of 16 digits, older than those of the events. */
export function gidFrom(random: Random): string {
  return String(
    1_150_000_000_000_000 + random.between(0, 49_999_999) * 1_000_000 + random.between(0, 999_999),
  )
}

function createPerson(entry: string, index: number, random: Random): Person {
  const [mailbox, ...rest] = entry.split(' ')
  const role = index < 3 ? 'super_admin' : index < 8 ? 'admin' : index < 56 ? 'member' : 'guest'
  const browser = `Mozilla/5.0 (${random.pick(computers)}) AppleWebKit/537.36 (KHTML, like Gecko) ${random.pick(chrome)} Safari/537.36`
  const home = random.chance(0.25)
    ? `2001:db8:${random.hex(4)}:${random.hex(4)}::${random.between(1, 9)}`
    : `198.51.100.${random.between(1, 254)}`
  return {
    gid: gidFrom(random),
    name: rest.join(' '),
    email: `${mailbox}@${role === 'guest' ? random.pick(['example.org', 'example.net']) : 'example.com'}`,
    role,
    utcOffset: random.pick([-8, -5, -5, 0, 1, 1, 1, 2, 5.5, 9]),
    office: role === 'guest' ? home : `203.0.113.${random.between(1, 6)}`,
    home,
    browser,
    desktopApp: random.chance(0.4)
      ? `AsanaDesktopOfficial ${random.pick(desktopSystems)}/2.4.${random.between(0, 9)} ${random.pick(chrome)}`
      : undefined,
    phone: random.pick(phones),
  }
}

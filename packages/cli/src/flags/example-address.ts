/** Of the database of a fleet, for help and messages: whole, so that it can be copied and changed. */
export const exampleAddress = 'postgres://audit_worker@db.example.com:5432/audit?sslmode=verify-full'

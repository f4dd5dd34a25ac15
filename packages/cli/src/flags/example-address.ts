/** Of the database of a fleet, for messages: whole, so that it can be copied and changed. It is too long for help of 80 columns. */
export const exampleAddress = 'postgres://audit@db.example.com/audit?sslmode=verify-full'

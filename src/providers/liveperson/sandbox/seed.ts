import { createCalendar, createSecret } from '../../../sandbox/seed-values.ts'
import type { Account, Certificate } from './state.ts'

type Row = readonly [id: string, name: string, status: string, rest?: Partial<Certificate>]

/** Two accounts: one with a token, the other with client credentials. */
export function createAccounts(now: number): Account[] {
  const { endOf } = createCalendar(now)
  const iso = endOf(21).toISOString()
  return [
    {
      id: 'le4830275',
      name: 'Bluequay customer chat',
      client: null,
      tokens: [{ value: createSecret('lp-'), expiresAt: null }],
      certificates: toCertificates([
        ['3514806217', 'idp-client-3', 'Available', { displayName: 'Sign-on, third generation' }],
        ['3514806212', 'idp-client-2', 'UnAvailable'],
        ['2617340058', 'webhooks-orders', 'Available', { expirationDate: iso }],
        [
          '2617340061',
          'webhooks-returns',
          'Available',
          { expirationDate: endOf(140).toISOString().slice(0, 19).replace('T', ' ') },
        ],
        ['2617339874', 'webhooks-returns-1', 'UnAvailable', { deleted: true }],
        ['9007199254740993', 'crm-connector', 'Available'],
        ['911504326', 'crm-connector-1', 'Expired'],
        ['911504391', 'bot-handover', 'Available'],
        ['911507740', 'survey-export', 'UnAvailable'],
      ]),
    },
    {
      id: '52710934',
      name: 'Clearberth support chat',
      client: { clientId: 'clearberth-certificates', clientSecret: createSecret() },
      tokens: [],
      certificates: toCertificates([
        ['4120667093', 'idp-client', 'Available'],
        ['4120667108', 'webhooks-payments', 'Available', { expirationDate: String(endOf(6).getTime()) }],
        ['4120667115', 'webhooks-refunds', 'Available', { displayName: 'Refund events' }],
        ['3008812470', 'ledger-connector', 'UnAvailable'],
        ['3008812477', 'ledger-connector-2', 'Available'],
        ['1770925306', 'fraud-signals', 'Available'],
        ['1770925311', 'sandbox-bot', 'UnAvailable'],
      ]),
    },
  ]
}

function toCertificates(rows: readonly Row[]): Certificate[] {
  return rows.map(([id, name, status, rest]) => ({
    id,
    name,
    displayName: name,
    deleted: false,
    status,
    expirationDate: null,
    ...rest,
  }))
}

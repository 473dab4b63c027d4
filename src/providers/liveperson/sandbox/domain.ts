import type { Answer } from '../../../sandbox/call.ts'

/** In this order, so that who takes the first of a list takes the wrong one. */
const services = ['accountConfigReadWrite', 'mtlsGateway', 'sentinel']

/** Every service of an account, at one host. */
export function answerDomains(account: string, baseURI: string): Answer {
  return { status: 200, body: { baseURIs: services.map((service) => ({ service, account, baseURI })) } }
}

/** One service, named exactly. */
export function answerDomain(account: string, service: string, baseURI: string): Answer {
  return services.includes(service)
    ? { status: 200, body: { service, account, baseURI } }
    : { status: 400, body: 'no such service' }
}

/** `owners:` in the configuration of the sandbox. Some certificates have no owner. */
export const sandboxOwners = [
  {
    match: { subjectAltNames: ['*.clearberth.example', 'clearberth.example'] },
    owner: 'Payments',
    contact: '#payments-on-call',
    runbookUrl: 'https://runbooks.clearberth.example/certificates',
  },
  {
    match: { names: ['*.bluequay.example'] },
    owner: 'Web platform',
    contact: 'web-platform@bluequay.example',
    runbookUrl: 'https://runbooks.bluequay.example/cdn-certificates',
  },
  {
    match: { names: ['Gateway clients*', 'Edge proxies', 'Service mesh'] },
    owner: 'Infrastructure',
    contact: '#infrastructure',
    runbookUrl: 'https://runbooks.bluequay.example/client-certificates',
  },
  { match: { names: ['webhooks-*', 'idp-client*', '*connector*'] }, owner: 'Integrations', contact: '#integrations' },
] as const

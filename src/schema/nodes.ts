import type { ReadCertificate } from '../catalog/certificate.ts'
import { checkLength, InputError } from '../input-error.ts'
import { defaultLimits } from '../limits.ts'
import type { PlacedCertificate } from '../providers/place.ts'
import { prices } from './cost/cost.ts'
import type { NodeFinder } from './find-node.ts'
import type { SchemaKit } from './kit.ts'

/** `Query.node`, `nodes` and `certificate`: anything, found again by its global id. */
export function registerNodes({ builder, Certificate }: SchemaKit, nodes: NodeFinder, max: number): void {
  const Node = builder.nodeInterfaceRef()
  builder.queryFields((t) => ({
    certificate: t.field({
      ...prices.found,
      type: Certificate,
      nullable: true,
      description:
        'The certificate of a global id; null when it is gone or its place is not configured. BAD_USER_INPUT for the id ' +
        'of anything else.',
      args: { id: t.arg.id({ required: true, description: 'Global id of a certificate.' }) },
      resolve: async (_root, args, operation): Promise<ReadCertificate<PlacedCertificate> | null> => {
        const { id, lookup } = nodes.lookup(args.id)
        if (lookup.kind !== 'certificate') {
          throw new InputError(`id: of type ${id.typename}; expected that of a certificate. \`node\` finds the others`)
        }
        return lookup.find(operation, id)
      },
    }),
    node: t.field({
      ...prices.found,
      type: Node,
      nullable: true,
      description:
        'The node of a global id; null when it is gone or its place is not configured. BAD_USER_INPUT for what is no id.',
      args: { id: t.arg.id({ required: true, description: 'Global id.' }) },
      resolve: (_root, { id }, operation) => nodes.find(operation, id),
    }),
    nodes: t.field({
      type: [Node],
      nullable: { list: false, items: true },
      description: 'The nodes of a list of global ids, each at the index of its id and each as `node` would answer.',
      args: {
        ids: t.arg.idList({
          required: true,
          description: `Global ids, at most ${defaultLimits.nodes} unless configured.`,
        }),
      },
      resolve: (_root, { ids }, operation) => {
        checkLength('ids', ids, max)
        return ids.map((id) => nodes.find(operation, id))
      },
    }),
  }))
}

import type { ReadCertificate } from '../catalog/certificate.ts'
import { InputError } from '../input-error.ts'
import { defaultLimits } from '../limits.ts'
import type { PlacedCertificate } from '../providers/place.ts'
import { mapInSlices } from '../time-slice.ts'
import { prices } from './cost/prices.ts'
import type { NodeFinder } from './find-node.ts'
import type { SchemaKit } from './kit.ts'
import { listOf } from './list-limit.ts'

/** `Query.certificate`, `node` and `nodes`: objects by their global id. */
export function registerNodes({ builder, Certificate }: SchemaKit, nodes: NodeFinder, max: number): void {
  const Node = builder.nodeInterfaceRef()
  builder.queryFields((t) => ({
    certificate: t.field({
      ...prices.found,
      type: Certificate,
      nullable: true,
      description:
        'A certificate by its global id. Null when it does not exist or its place is not configured. BAD_USER_INPUT for the ' +
        'id of another type.',
      args: { id: t.arg.id({ required: true, description: 'Global id of the certificate.' }) },
      resolve: async (_root, args, operation): Promise<ReadCertificate<PlacedCertificate> | null> => {
        const { id, lookup } = nodes.lookup(args.id, 'id')
        if (lookup.kind !== 'certificate') {
          throw new InputError(
            `id: expected the id of a certificate, not of type ${id.typename}; use \`node\` for other types`,
          )
        }
        return lookup.find(operation, id)
      },
    }),
    node: t.field({
      ...prices.found,
      type: Node,
      nullable: true,
      description:
        'An object by its global id. Null when it does not exist or its place is not configured. BAD_USER_INPUT for an ' +
        'invalid id.',
      args: { id: t.arg.id({ required: true, description: 'Global id of the object.' }) },
      resolve: (_root, { id }, operation) => nodes.find(operation, id, 'id'),
    }),
    nodes: t.field({
      type: [Node],
      nullable: { list: false, items: true },
      description: 'Objects by their global ids, in the order of the ids, each as from `node`.',
      args: {
        ids: t.arg.idList({
          required: true,
          description: `Global ids, at most ${defaultLimits.nodes} unless configured otherwise.`,
          ...listOf(max),
        }),
      },
      resolve: (_root, { ids }, operation) =>
        mapInSlices(ids, operation.timeSlice, (id, index) => nodes.find(operation, id, `ids[${index}]`)),
    }),
  }))
}

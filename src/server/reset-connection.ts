import type { Socket } from 'node:net'

/**
 * Makes Node reset a connection where it would close it, such as after an invalid request or when the client has ended
 * its side: after a close, the operating system would keep what the client has not acknowledged.
 * @param closed called when the connection has closed
 * @returns a function that ends this
 */
export function resetInsteadOfClosing(socket: Socket, isStopping: () => boolean, closed: () => void): () => void {
  const destroy = socket.destroy.bind(socket)
  const restore = () => {
    socket.destroy = destroy
    socket.off('end', reset)
    socket.off('close', closed)
  }
  const reset = () => {
    socket.destroy = destroy
    return isStopping() ? socket.destroy() : socket.resetAndDestroy()
  }
  socket.destroy = reset
  socket.prependListener('end', reset)
  socket.once('close', closed)
  return restore
}

/** Loads the page again, at the same address. */
export function ReloadButton({ class: look }: { readonly class: 'button' | 'link' }) {
  return (
    <button type="button" class={look} onClick={() => location.reload()}>
      Reload
    </button>
  )
}

// SPDX-License-Identifier: Apache-2.0
// memo.ts - a component that is drawn again only when one of its properties is another.
import { Component, type ComponentChild, type FunctionComponent, h } from "preact";

export function memo<P extends object>(view: FunctionComponent<P>): FunctionComponent<P> {
  class Memo extends Component<P> {
    override shouldComponentUpdate(next: Readonly<P>): boolean {
      const old = this.props as Record<string, unknown>;
      const now = next as Record<string, unknown>;
      return Object.keys({ ...old, ...now }).some((key) => old[key] !== now[key]);
    }
    override render(): ComponentChild {
      return h(view, this.props as P);
    }
  }
  return Memo as unknown as FunctionComponent<P>;
}

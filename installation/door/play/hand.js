// What a hand has made of the U: amounts and manners by site, and from them the net.

import { keyOf } from "./engine.js";
import { PLAIN_CHISEL, PLAIN_GRAIN } from "./packing.js";

const kindOf = ({ operation, side, chisel, grain }) => keyOf([operation, side,
  chisel.shape, chisel.share, chisel.seed, grain.share, grain.seed]);

export class Hand {
  // `about` is made/net.json, `net` what the visitor brought.
  constructor(about, net) {
    this.about = about;
    this.manners = about.manners.map((manner) => ({
      ...manner,
      chisel: manner.chisel.shape === "whole" ? PLAIN_CHISEL
        : { ...manner.chisel, seed: BigInt(manner.chisel.seed) },
      grain: { ...manner.grain, seed: BigInt(manner.grain.seed) },
    }));
    this.sites = new Map(about.sites.map((site) => [site.name, site]));
    this.take(net);
  }

  take(net) {
    this.net = net;
    this.amounts = new Map(net.cuts.map((cut) => [cut.site, cut.amount]));
    this.kinds = new Map(net.cuts.map((cut) => [cut.site, { ...cut, name: "" }]));
    this.manner = 0; // of layers nobody has touched
  }

  amount(site) {
    return this.amounts.get(site) ?? 0;
  }

  turn(site, amount) {
    const whole = Math.round(Math.min(1, Math.max(0, amount)) * 10000) / 10000;
    if (!this.kinds.has(site)) this.kinds.set(site, this.lively(this.manner, site));
    this.amounts.set(site, whole);
  }

  // How a site is cut, or would be.
  mannerOf(site) {
    return this.kinds.get(site) ?? this.lively(this.manner, site);
  }

  // The first manner from a number on whose operation shows at a site.
  lively(number, site) {
    const { changes } = this.sites.get(site);
    for (let step = 0; step < this.manners.length; step++) {
      const manner = this.manners[(number + step) % this.manners.length];
      if ((changes[manner.operation] ?? 1) >= this.about.visible) return manner;
    }
    return this.manners[number];
  }

  // The next manner of a site; of all that are still untouched, for none.
  next(site) {
    if (!site) {
      this.manner = (this.manner + 1) % this.manners.length;
      return;
    }
    const now = kindOf(this.mannerOf(site));
    const at = this.manners.findIndex((manner) => kindOf(manner) === now);
    this.kinds.set(site, this.lively((at + 1) % this.manners.length, site));
  }

  heal() {
    this.take({ ...this.net, cuts: [], tone: [1, 1, 1], rack: [] });
  }

  // The net as it stands.
  made() {
    const cuts = [...this.amounts].filter(([, amount]) => amount > 0).map(([site, amount]) => {
      const { operation, side, chisel, grain } = this.mannerOf(site);
      return { site, operation, amount, side, chisel, grain };
    });
    return { ...this.net, cuts };
  }
}

// Keeps a server to the loopback address that is told a port only, and sends what it would ask of the hosts in the variable `HOSTS` to
// those that stand there in their place.

import net from "node:net";

const listen = net.Server.prototype.listen;
net.Server.prototype.listen = function (...given) {
    const [first] = given;
    if (typeof first === "number") {
        given.splice(1, typeof given[1] === "string" ? 1 : 0, "127.0.0.1");
    } else if (first !== null && typeof first === "object" && first.port !== undefined) {
        given[0] = { ...first, host: "127.0.0.1" };
    }
    return listen.apply(this, given);
};

const hosts = Object.entries(JSON.parse(process.env.HOSTS ?? "{}"));
const outside = globalThis.fetch;
globalThis.fetch = function (address, ...given) {
    const [from, to] = hosts.find(([from]) => String(address).startsWith(from)) ?? ["", ""];
    return outside.call(this, from === "" ? address : to + String(address).slice(from.length), ...given);
};

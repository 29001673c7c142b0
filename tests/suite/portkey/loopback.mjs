// Keeps a server to the loopback address that is told a port only.

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

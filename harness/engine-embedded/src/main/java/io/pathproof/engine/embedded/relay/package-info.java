/** Links as relays on loopback that know where PDUs begin and end. */
package io.pathproof.engine.embedded.relay;

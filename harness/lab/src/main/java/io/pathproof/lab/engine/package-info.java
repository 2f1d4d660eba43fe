/** What an engine implements to turn a topology into a running lab. */
package io.pathproof.lab.engine;

/**
 * What people and machines read after a run: results.json, the terminal's table, the Allure report
 * and its evidence. Reports compute nothing; they show what {@link
 * io.pathproof.lab.verdict.Outcome} holds.
 */
package io.pathproof.reports;

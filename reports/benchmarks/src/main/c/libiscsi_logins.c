/*
 * Logs in many sessions one after another by libiscsi and keeps them; prints the seconds that it took, without the
 * logouts.
 *
 * libiscsi_logins ADDRESS:PORT TARGET COUNT
 */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include <iscsi/iscsi.h>

static double now(void)
{
	struct timespec at;

	clock_gettime(CLOCK_MONOTONIC, &at);
	return at.tv_sec + at.tv_nsec / 1e9;
}

static struct iscsi_context *login(const char *portal, const char *target, int number)
{
	struct iscsi_context *session = iscsi_create_context("iqn.2026-11.io.pathproof:bench-libiscsi");

	if (session == NULL) {
		fprintf(stderr, "login %d: no context\n", number);
		return NULL;
	}
	iscsi_set_targetname(session, target);
	iscsi_set_session_type(session, ISCSI_SESSION_NORMAL);
	/* sessions with one ISID would end each other */
	iscsi_set_isid_random(session, 7, number);
	if (iscsi_connect_sync(session, portal) != 0 || iscsi_login_sync(session) != 0) {
		fprintf(stderr, "login %d: %s\n", number, iscsi_get_error(session));
		iscsi_destroy_context(session);
		return NULL;
	}
	return session;
}

int main(int argc, char *argv[])
{
	int count = argc == 4 ? atoi(argv[3]) : 0;
	struct iscsi_context **sessions;
	double start;

	if (count < 1) {
		fprintf(stderr, "usage: libiscsi_logins ADDRESS:PORT TARGET COUNT\n");
		return 2;
	}
	sessions = calloc(count, sizeof(*sessions));
	if (sessions == NULL) {
		fprintf(stderr, "no memory for %d sessions\n", count);
		return 1;
	}
	start = now();
	for (int i = 0; i < count; i++) {
		sessions[i] = login(argv[1], argv[2], i);
		if (sessions[i] == NULL)
			return 1;
	}
	printf("%.6f\n", now() - start);
	for (int i = 0; i < count; i++) {
		iscsi_logout_sync(sessions[i]);
		iscsi_destroy_context(sessions[i]);
	}
	free(sessions);
	return 0;
}

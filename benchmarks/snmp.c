/* One agent asked over and over by Net-SNMP's C library: microseconds of CPU per PDU, on stdout.
   snmp ADDRESS:PORT v2c|v3 COUNT; ten objects of the interfaces' first row. */
#include <net-snmp/net-snmp-config.h>
#include <net-snmp/net-snmp-includes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

static double spent(void) {
    struct rusage use;
    getrusage(RUSAGE_SELF, &use);
    return (use.ru_utime.tv_sec + use.ru_stime.tv_sec) * 1e6 + use.ru_utime.tv_usec + use.ru_stime.tv_usec;
}

int main(int argc, char **argv) {
    netsnmp_session session, *open;
    int count = argc > 3 ? atoi(argv[3]) : 1000, failed = 0;
    setenv("MIBS", "", 1);
    init_snmp("bench");
    snmp_sess_init(&session);
    session.peername = argv[1];
    if (!strcmp(argv[2], "v3")) {
        session.version = SNMP_VERSION_3;
        session.securityName = "shaaes";
        session.securityNameLen = 6;
        session.securityLevel = SNMP_SEC_LEVEL_AUTHPRIV;
        session.securityAuthProto = usmHMACSHA1AuthProtocol;
        session.securityAuthProtoLen = USM_AUTH_PROTO_SHA_LEN;
        session.securityAuthKeyLen = USM_AUTH_KU_LEN;
        generate_Ku(session.securityAuthProto, session.securityAuthProtoLen, (u_char *)"authpass123", 11,
                    session.securityAuthKey, &session.securityAuthKeyLen);
        session.securityPrivProto = usmAESPrivProtocol;
        session.securityPrivProtoLen = OID_LENGTH(usmAESPrivProtocol);
        session.securityPrivKeyLen = USM_PRIV_KU_LEN;
        generate_Ku(session.securityAuthProto, session.securityAuthProtoLen, (u_char *)"privpass123", 11,
                    session.securityPrivKey, &session.securityPrivKeyLen);
    } else {
        session.version = SNMP_VERSION_2c;
        session.community = (u_char *)"public";
        session.community_len = 6;
    }
    if (!(open = snmp_open(&session)))
        return 1;
    double before = 0;
    for (int i = -10; i < count; i++) {
        netsnmp_pdu *pdu = snmp_pdu_create(SNMP_MSG_GET), *answer = NULL;
        if (!i)
            before = spent();
        for (int column = 1; column <= 10; column++) {
            oid name[] = {1, 3, 6, 1, 2, 1, 2, 2, 1, column, 1};
            snmp_add_null_var(pdu, name, OID_LENGTH(name));
        }
        if (snmp_synch_response(open, pdu, &answer) != STAT_SUCCESS)
            failed++;
        if (answer)
            snmp_free_pdu(answer);
    }
    printf("%.2f\n", (spent() - before) / count);
    return failed != 0;
}

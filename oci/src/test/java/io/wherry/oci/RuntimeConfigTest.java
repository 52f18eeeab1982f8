package io.wherry.oci;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.wherry.oci.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RuntimeConfigTest {
    static final String FULL = """
            {
              "ociVersion": "1.2.0",
              "process": {
                "terminal": true, "consoleSize": {"height": 24, "width": 80},
                "user": {"uid": 1000, "gid": 4294967294, "umask": 18, "additionalGids": [5, 6], "x": 1},
                "args": ["sh", "-c", "true"], "env": ["A=b"], "cwd": "/w",
                "capabilities": {"bounding": ["CAP_KILL"], "effective": ["CAP_KILL"], "x": 1},
                "rlimits": [{"type": "RLIMIT_NOFILE", "hard": 18446744073709551615, "soft": 1024}],
                "noNewPrivileges": true, "oomScoreAdj": -5, "apparmorProfile": "p", "selinuxLabel": "l",
                "scheduler": {"policy": "SCHED_IDLE"}
              },
              "root": {"path": "rootfs", "readonly": true},
              "hostname": "h", "domainname": "d",
              "mounts": [
                {"destination": "/proc", "type": "proc", "source": "proc", "options": ["nosuid"]},
                {"destination": "/b", "source": "/s", "options": ["rbind"],
                 "uidMappings": [{"containerID": 0, "hostID": 100000, "size": 65536}], "x": true}
              ],
              "hooks": {"poststop": [{"path": "/bin/x", "args": ["x"], "env": ["A=1"], "timeout": 3}]},
              "annotations": {"a": "b"},
              "linux": {
                "uidMappings": [{"containerID": 0, "hostID": 100000, "size": 65536}],
                "gidMappings": [{"containerID": 0, "hostID": 100000, "size": 65536}],
                "sysctl": {"net.ipv4.ip_forward": "1"},
                "resources": {
                  "devices": [{"allow": false, "access": "rwm"},
                              {"allow": true, "type": "c", "major": 1, "minor": 3, "access": "rwm"}],
                  "memory": {"limit": 67108864, "swap": -1, "swappiness": 10, "disableOOMKiller": true, "x": 1},
                  "cpu": {"shares": 512, "quota": 50000, "period": 100000, "cpus": "0-1", "mems": "0", "idle": 1},
                  "pids": {"limit": 100},
                  "blockIO": {"weight": 10}, "hugepageLimits": [{"pageSize": "2MB", "limit": 5}],
                  "network": {"classID": 5}, "unified": {"memory.high": "1"}
                },
                "cgroupsPath": "/c",
                "namespaces": [{"type": "pid"}, {"type": "network", "path": "/run/netns/x"}],
                "devices": [{"path": "/dev/fuse", "type": "c", "major": 10, "minor": 229, "fileMode": 438,
                             "uid": 0, "gid": 0}],
                "seccomp": {
                  "defaultAction": "SCMP_ACT_ERRNO", "defaultErrnoRet": 38,
                  "architectures": ["SCMP_ARCH_X86_64"], "flags": ["SECCOMP_FILTER_FLAG_LOG"],
                  "syscalls": [
                    {"names": ["read"], "action": "SCMP_ACT_ALLOW"},
                    {"names": ["clone"], "action": "SCMP_ACT_ALLOW", "errnoRet": 1,
                     "args": [{"index": 0, "value": 2114060288, "valueTwo": 18446744073709551615,
                               "op": "SCMP_CMP_MASKED_EQ"}]}],
                  "listenerPath": "/l"
                },
                "rootfsPropagation": "slave", "maskedPaths": ["/proc/kcore"], "readonlyPaths": ["/proc/sys"],
                "mountLabel": "m", "personality": {"domain": "LINUX32"},
                "timeOffsets": {"monotonic": {"secs": 5, "nanosecs": 7}},
                "intelRdt": {"closID": "x"}
              },
              "zos": {"x": 1}
            }
            """;

    private static JsonObject full() {
        return JsonObject.parse(FULL.getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void writesEveryFieldItRead() {
        assertThat(RuntimeConfig.fromJson(full()).toJson()).isEqualTo(full());
    }

    @Test
    void bytesReadBackAsTheSameRecord() {
        RuntimeConfig config = RuntimeConfig.fromJson(full());
        assertThat(RuntimeConfig.parse(config.toBytes())).isEqualTo(config);
        assertThat(config.toBuilder().build()).isEqualTo(config);
    }

    @Test
    void readsValuesByName() {
        RuntimeConfig config = RuntimeConfig.fromJson(full());
        assertThat(config.linux().resources().memory().limit()).isEqualTo(OptionalLong.of(64 << 20));
        assertThat(config.process().rlimits().get(0).hard()).isEqualTo(Rlimit.INFINITY);
        assertThat(config.linux()
                        .seccomp()
                        .orElseThrow()
                        .syscalls()
                        .get(1)
                        .args()
                        .get(0)
                        .valueTwo())
                .isEqualTo(-1);
        assertThat(config.linux()
                        .namespace(Namespace.Type.NETWORK)
                        .orElseThrow()
                        .path())
                .contains("/run/netns/x");
        assertThat(config.linux().namespace(Namespace.Type.USER)).isEmpty();
        assertThat(config.mounts().get(1).isBind()).isTrue();
        assertThat(config.mounts().get(0).isBind()).isFalse();
        assertThat(config.linux().extra().has("intelRdt")).isTrue();
    }

    @Test
    void absentPartsReadAsEmpty() {
        RuntimeConfig config =
                RuntimeConfig.parse("{\"ociVersion\":\"1.0.2\",\"process\":{\"cwd\":\"/\"},\"root\":{\"path\":\"r\"}}"
                        .getBytes(StandardCharsets.UTF_8));
        assertThat(config.linux().namespaces()).isEmpty();
        assertThat(config.linux().resources().memory().limit()).isEmpty();
        assertThat(config.hooks().isEmpty()).isTrue();
        assertThat(config.process().user()).isEqualTo(User.ROOT);
        assertThat(config.hostname()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "\"uid\": 1000                 | \"uid\": -1            | process.user.uid",
                "\"uid\": 1000                 | \"uid\": 4294967295    | process.user.uid",
                "\"uid\": 1000                 | \"uid\": 1.5           | process.user.uid",
                "\"uid\": 1000                 | \"uid\": \"root\"      | process.user.uid",
                "18446744073709551615, \"soft\" | 18446744073709551616, \"soft\" | process.rlimits[0].hard",
                "\"cwd\": \"/w\"               | \"cwd\": null          | process.cwd",
                "\"oomScoreAdj\": -5           | \"oomScoreAdj\": 1001  | process.oomScoreAdj",
                "\"index\": 0                  | \"index\": 6           | linux.seccomp.syscalls[1].args[0].index",
                "SCMP_CMP_MASKED_EQ            | SCMP_CMP_X             | linux.seccomp.syscalls[1].args[0].op",
                "SCMP_ACT_ERRNO                | ERRNO                  | linux.seccomp.defaultAction",
                "{\"type\": \"pid\"}           | {\"type\": \"pids\"}   | linux.namespaces[0].type",
                "{\"type\": \"pid\"}           | {\"type\": \"network\"} | linux.namespaces",
                "\"major\": 10                 | \"major\": 4096        | linux.devices[0].major",
                "\"nanosecs\": 7               | \"nanosecs\": 1000000000 | linux.timeOffsets.monotonic.nanosecs",
                "\"args\": [\"sh\", \"-c\", \"true\"] | \"args\": [\"sh\", 5] | process.args[1]",
                "\"args\": [\"sh\", \"-c\", \"true\"] | \"args\": \"sh\"  | process.args",
                "\"mounts\": [                 | \"mounts\": [1,        | mounts[0]",
            })
    void namesThePathOfAWrongField(String from, String to, String path) {
        assertThat(FULL).contains(from);
        byte[] document = FULL.replace(from, to).getBytes(StandardCharsets.UTF_8);
        assertThatThrownBy(() -> RuntimeConfig.parse(document))
                .isInstanceOf(WherryException.class)
                .hasMessageStartingWith("Field `" + path + "` ");
    }

    @Test
    void refusesAnotherMajorVersion() {
        byte[] document = FULL.replace("\"1.2.0\"", "\"2.0.0\"").getBytes(StandardCharsets.UTF_8);
        assertThatThrownBy(() -> RuntimeConfig.parse(document)).hasMessageContaining("version 2.0.0");
    }
}

package io.wherry.kernel.step;

import io.wherry.kernel.program.Strand;

/**
 * One step of a program, in the field's own words. Immutable. The set is closed: a new step is a new record, named here.
 *
 * <p>To add one: write the record, with its reason, add it to the list, emit it from a compiler in {@code runtime} or {@code network}. Nothing else knows steps one by one.
 */
public sealed interface Step
        permits AdjustOomScore,
                AdoptOrphans,
                AdoptProcess,
                AdmitAddress,
                AnchorMount,
                AskShim,
                AssignProject,
                AttachMount,
                AwaitExit,
                AwaitMark,
                BecomeMonitor,
                CloneBelow,
                CloneTree,
                CloneWithin,
                CloseDescriptor,
                CloseDescriptors,
                ConnectShim,
                CoverFolder,
                DieWithParent,
                DropBounding,
                EmptyCgroup,
                EnableControllers,
                EnterWorkdir,
                Execute,
                FollowDevices,
                HoldLease,
                InstallSeccomp,
                JoinCgroup,
                JoinNamespaces,
                KillRecorded,
                LimitDevices,
                LimitProject,
                LimitResource,
                ListenAt,
                LockFile,
                MakeCgroup,
                MakeEntry,
                MakeFifo,
                LimitSubvolume,
                MakeFolder,
                MakeIdMapping,
                MakeLink,
                MakeNode,
                MakePipe,
                MakeSocketPair,
                MakeTarget,
                MapIdRanges,
                MapMountOwners,
                MapSingleId,
                MaskPath,
                MountOverlay,
                MoveProcess,
                NewFilesystem,
                NewMountNamespace,
                NewSession,
                NoNewPrivileges,
                OpenFifo,
                OpenFile,
                OpenFolder,
                OpenHostTerminal,
                OpenNetlink,
                OpenNetworkNamespace,
                OpenOwnMounts,
                OpenOwnNetwork,
                OpenProcess,
                OpenTerminalInside,
                OpenTerminalOutside,
                OpenTerminal,
                PassDescriptor,
                ProveLayer,
                ReadFile,
                ReadOnlyPath,
                ReapAsInit,
                ReceiveConsole,
                RecordStarted,
                ReleaseAnchor,
                ReleaseProject,
                RemoveBelow,
                RemoveFile,
                RemoveTree,
                RenameEntry,
                ReturnLease,
                SendMark,
                SendNetlink,
                ServeTree,
                SetCapabilities,
                SetCgroupFile,
                SetDumpable,
                SetHostname,
                SetHostParameter,
                SetIds,
                SetMountAttributes,
                SetPropagation,
                SetSysctl,
                SetUmask,
                StartProcess,
                StartShim,
                SweepByTool,
                SwitchRoot,
                SyncFilesystem,
                SyncIntent,
                TakeTerminal,
                Unmount,
                UnshareCgroup,
                UseStdio,
                WriteFile,
                WriteIntent {

    /** Writes the step's instructions at the end of a strand. */
    void lower(Strand out);

    /** {@return one line for people, lower case, without a full stop} */
    String describe();

    /** {@return one sentence that tells why the step is there; what it does, {@link #describe} says} */
    String why();

    /** {@return the step's name, as {@code explain --json} prints it} */
    default String name() {
        return getClass().getSimpleName();
    }
}

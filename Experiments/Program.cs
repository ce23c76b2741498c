using System.Runtime.InteropServices;
using Lepton.Neuro.Experiments;
using Lepton.Neuro.Experiments.Running;

using var cancellation = new CancellationTokenSource();

// The first signal asks the run to stop cleanly; a second one ends the process the ordinary way.
void Stop(PosixSignalContext signal)
{
    signal.Cancel = !cancellation.IsCancellationRequested;
    cancellation.Cancel();
}

using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);

return CommandLine.Run(args, Host.ForProcess(Catalogue.All, cancellation.Token));

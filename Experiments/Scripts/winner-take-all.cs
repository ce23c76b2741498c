#:project ../Lepton.Neuro.Experiments.csproj

var groups = new WholeNumberSetting("groups", "Groups that compete", 3, 2, 20, "groups");
var neurons = new WholeNumberSetting("neurons", "Neurons of a group", 50, 1, 1000, "neurons");
var contrast = new NumberSetting("contrast", "How much more input the middle group gets", 0.1, 0, 2);
var inhibition = new NumberSetting("inhibition", "What a spike takes from the neurons of the other groups", 15, 0, 1000, "pA");

return Script.Run("winner-take-all", "Do groups that inhibit each other decide which of them gets a little more input?", args, [groups, neurons, contrast, inhibition], run =>
{
    var net = new Network(run.Seed);
    var model = new Lif { TauMembrane = 20.ms, TauSynapse = 5.ms, Start = Distribution.Uniform(-65, -50) };
    var teams = Enumerable.Range(0, run.Get(groups)).Select(i => net.Add($"group {i + 1}", run.Get(neurons), model)).ToArray();
    var favourite = teams[teams.Length / 2];
    foreach (var team in teams)
    {
        net.Drive(team, (ReferenceEquals(team, favourite) ? 2500 * (1 + run.Get(contrast)) : 2500).Hz, 20);
        foreach (var other in teams.Where(t => !ReferenceEquals(t, team))) net.Connect(team, other, Wiring.AllToAll, -run.Get(inhibition), 1.ms);
    }
    using var session = run.Load(net.Compile(0.5.ms));
    var spikes = run.Log();
    run.Advance(1.s);

    run.Show("A band is a group; the middle one gets a little more input than the others.", spikes.Raster("Who wins"));
    double share = spikes.Count(favourite) / Math.Max(1.0, teams.Sum(spikes.Count));
    run.Found(spikes.Hash);
    run.Found("shareOfFavourite", share);
    return $"With {run.Get(contrast):P0} more input the favourite of {teams.Length} groups fires {share:P0} of all spikes.";
});

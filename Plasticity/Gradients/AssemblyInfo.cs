[assembly: System.Runtime.CompilerServices.InternalsVisibleTo("Lepton.Neuro.Gradients.Tests")]

using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Lepton.Neuro.Mutation;

/// <summary>A rule's source with one thing wrong.</summary>
/// <param name="File">The file's name.</param>
/// <param name="Kind">sign, swap or unfused.</param>
/// <param name="Line">Where, from 1.</param>
/// <param name="Text">What stood there, and what stands there now.</param>
/// <param name="Tree">The source.</param>
sealed record Mutant(string File, string Kind, int Line, string Text, SyntaxTree Tree)
{
    /// <summary>All mutants of a file: those of its kernels, which are structs.</summary>
    public static IReadOnlyList<Mutant> Of(SyntaxTree tree)
    {
        var root = tree.GetRoot();
        var file = Path.GetFileName(tree.FilePath);
        var mutants = new List<Mutant>();
        foreach (var node in root.DescendantNodes().Where(node => node.FirstAncestorOrSelf<StructDeclarationSyntax>() is not null))
        {
            switch (node)
            {
                case PrefixUnaryExpressionSyntax { RawKind: (int)SyntaxKind.UnaryMinusExpression } minus:
                    Add("sign", node, minus.Operand);
                    break;
                case BinaryExpressionSyntax { RawKind: (int)SyntaxKind.AddExpression or (int)SyntaxKind.SubtractExpression } sum:
                    Add("sign", node, SyntaxFactory.ParseExpression($"{sum.Left} {(sum.IsKind(SyntaxKind.AddExpression) ? "-" : "+")} {Bracketed(sum.Right)}"));
                    break;
                case AssignmentExpressionSyntax { RawKind: (int)SyntaxKind.AddAssignmentExpression or (int)SyntaxKind.SubtractAssignmentExpression } change:
                    Add("sign", node, SyntaxFactory.ParseExpression($"{change.Left} {(change.IsKind(SyntaxKind.AddAssignmentExpression) ? "-=" : "+=")} {change.Right}"));
                    break;
                case InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax { Name.Identifier.Text: "FusedMultiplyAdd" } called, ArgumentList.Arguments: [var a, var b, var c] }:
                    Add("sign", node, SyntaxFactory.ParseExpression($"{called}(-({a}), {b}, {c})"));
                    Add("unfused", node, SyntaxFactory.ParseExpression($"((({a}) * ({b})) + ({c}))"));
                    break;
                default:
                    break;
            }
        }
        var constants = Constants(root).Select(access => access.Name.Identifier.Text).Distinct().Order(StringComparer.Ordinal).ToArray();
        for (var i = 0; i < constants.Length; i++)
        {
            for (var j = i + 1; j < constants.Length; j++)
            {
                var (one, other) = (constants[i], constants[j]);
                var swapped = root.ReplaceNodes(
                    Constants(root).Where(access => access.Name.Identifier.Text == one || access.Name.Identifier.Text == other),
                    (_, access) => access.WithName(SyntaxFactory.IdentifierName(access.Name.Identifier.Text == one ? other : one)));
                var line = Constants(root).First(access => access.Name.Identifier.Text == one).GetLocation().GetLineSpan().StartLinePosition.Line + 1;
                mutants.Add(new(file, "swap", line, $"{one} <-> {other}", Tree(swapped)));
            }
        }
        return mutants;

        void Add(string kind, SyntaxNode old, ExpressionSyntax made) =>
            mutants.Add(new(file, kind, old.GetLocation().GetLineSpan().StartLinePosition.Line + 1, $"{old} -> {made}", Tree(root.ReplaceNode(old, made.WithTriviaFrom(old)))));

        SyntaxTree Tree(SyntaxNode changed) => tree.WithRootAndOptions(changed, tree.Options);
    }

    /// <summary>Time constants that kernels read: the description's, by its name in the primary constructor.</summary>
    static IEnumerable<MemberAccessExpressionSyntax> Constants(SyntaxNode root) =>
        root.DescendantNodes().OfType<MemberAccessExpressionSyntax>().Where(access =>
            access.Expression is IdentifierNameSyntax { Identifier.Text: "rule" } && access.Name.Identifier.Text.StartsWith("Tau", StringComparison.Ordinal) && access.FirstAncestorOrSelf<StructDeclarationSyntax>() is not null);

    static string Bracketed(ExpressionSyntax right) => right is IdentifierNameSyntax or LiteralExpressionSyntax or MemberAccessExpressionSyntax ? right.ToString() : $"({right})";
}
